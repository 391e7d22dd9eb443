import { TerraformResource, Token } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';
import { Properties } from './properties';
import { mayDestroy, type Removal } from './removal';
import { escaped, type TextPattern } from './text-pattern';

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

const WORD: TextPattern = {
  pattern: /^[\w.-]+$/,
  meaning: 'a word of letters, digits and ._-, known before deployment',
};

const CHOICE = 'cdktf-mlops:choice';

/** A choice that is fixed. */
export interface Choice extends Required<Pick<FixedChoiceProps, 'name' | 'value' | 'instead'>> {}

/** The choice of a `FixedChoice` that is fixed, for whoever compares it before a plan does. */
export function choiceOf(construct: IConstruct): Choice | undefined {
  return construct.node.metadata.find(({ type }) => type === CHOICE)?.data;
}

/**
 * A choice that cannot change after the first deployment, because another value would replace resources that hold data.
 *
 * The Terraform state keeps the first value. A plan with another value fails before any change; its error says what to
 * do. A deployment with both keys set to destroy records the current value.
 *
 * @throws InputError if `value` is not a word or is a token
 */
export class FixedChoice extends Construct {
  constructor(scope: Construct, id: string, props: FixedChoiceProps) {
    super(scope, id);
    Properties.need(this, props, 'name', 'value', 'instead');
    const { name, value, instead, removal } = props;
    Properties.of(this)
      .require(!Token.isUnresolved(value), `'value' must be ${WORD.meaning}, got a token`)
      .matches('value', value, WORD)
      .throwIfInvalid();
    if (!mayDestroy(this, removal)) this.node.addMetadata(CHOICE, { name, value, instead } satisfies Choice);
    const deployed = 'try(self.input.choice, null)'; // null after an import
    // cdktf's own class of it runs `terraform version` in each synthesis, for each choice
    const data = new TerraformResource(this, 'Resource', {
      terraformResourceType: 'terraform_data',
      lifecycle: mayDestroy(this, removal)
        ? undefined
        : {
            ignoreChanges: ['input'],
            postcondition: [
              {
                condition: `\${${deployed} == "${value}"}`,
                errorMessage: `${escaped(name)} is '\${try(self.input.choice, "unknown")}' in what is deployed and cannot become '${value}': set it back. ${escaped(instead)}.`,
              },
            ],
          },
    });
    data.addOverride('input', { choice: value });
  }
}
