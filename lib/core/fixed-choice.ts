import { DataResource } from 'cdktf';
import { Construct } from 'constructs';
import { mayDestroy, type Removal } from './removal';

export interface FixedChoiceProps {
  /** Key of the choice, as the user writes it, e.g. `registry.database.engine`. */
  readonly name: string;
  /** The current value. */
  readonly value: string;
  /** How to change the value without losing data: a sentence without a full stop. */
  readonly instead: string;
  /** Whether the data may be destroyed: see `mayDestroy`. If so, the choice may change. @default retain */
  readonly removal?: Removal;
}

/**
 * A choice that cannot change after the first deployment, because another value would replace resources that hold data.
 *
 * The Terraform state keeps the first value. A plan with another value fails before any change; its error says what to
 * do.
 */
export class FixedChoice extends Construct {
  constructor(scope: Construct, id: string, { name, value, instead, removal }: FixedChoiceProps) {
    super(scope, id);
    const isFree = mayDestroy(this, removal);
    new DataResource(this, 'Resource', {
      input: { value },
      lifecycle: isFree
        ? undefined
        : {
            ignoreChanges: ['input'],
            postcondition: [
              {
                condition: `\${self.input.value == ${JSON.stringify(value)}}`,
                errorMessage: `${name} is '\${self.input.value}' in what is deployed and cannot become '${value}': set it back. ${instead}.`,
              },
            ],
          },
    });
  }
}
