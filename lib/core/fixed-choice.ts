import { DataResource } from 'cdktf';
import { Construct } from 'constructs';
import { mayDestroy, type Removal } from './removal';

export interface FixedChoiceProps {
  /** What is chosen, as the user writes it, e.g. `registry.database.engine`. */
  readonly name: string;
  /** What is chosen now. */
  readonly value: string;
  /** What to do to get to another value without losing data, as a sentence without a full stop. */
  readonly instead: string;
  /** Whether what the choice made may be destroyed: see `mayDestroy`. Then the choice may change. @default retain */
  readonly removal?: Removal;
}

/**
 * A choice that cannot change once it is deployed, since another one would replace what holds data.
 *
 * The state remembers the first value. A plan with another one fails before anything is changed, and says what to do.
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
