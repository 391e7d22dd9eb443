import { Aspects, Fn, type IAspect, TerraformResource, Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { Properties } from './properties';
import { MAX_TAGS, RESERVED_TAG, TAG_KEY, TAG_VALUE } from './text-pattern';

interface Taggable extends TerraformResource {
  tags?: Record<string, string>;
  readonly tagsInput?: Record<string, string>;
}

/**
 * Tags for every AWS resource below a construct, added to its stack's tags. A resource's own tags take precedence. Data
 * sources get none: there, tags are a filter.
 */
export class Tags implements IAspect {
  /**
   * @throws InputError if AWS refuses a tag
   * @example Tags.of(lake).add({ team: 'fraud', 'data-classification': 'personal' })
   */
  public static of(scope: IConstruct): { add(tags: Record<string, string>): void } {
    return {
      add: (tags) => {
        const properties = Properties.of(scope).present({ tags }, 'tags');
        validateTags(properties, tags);
        properties.throwIfInvalid();
        Aspects.of(scope).add(new Tags(tags));
      },
    };
  }

  private constructor(private readonly tags: Record<string, string>) {}

  public visit(node: IConstruct): void {
    if (!isTaggable(node)) return;
    const own = node.tagsInput;
    node.tags = Token.isUnresolved(own) ? Fn.merge([this.tags, own]) : { ...this.tags, ...own };
  }
}

/** Checks that AWS accepts the tags, together on one resource. */
export function validateTags(properties: Properties, tags: Readonly<Record<string, string>> = {}): void {
  if (Token.isUnresolved(tags)) return;
  const keys = Object.keys(tags);
  properties.require(keys.length <= MAX_TAGS, `'tags' must be at most ${MAX_TAGS}, got ${keys.length}`);
  for (const [index, key] of keys.entries()) {
    const value = tags[key];
    const twin = keys.slice(0, index).find((other) => other.toLowerCase() === key.toLowerCase());
    properties
      .matches('tags', key, TAG_KEY)
      .require(value !== undefined && value !== null, `'tags.${key}' must be set, got ${value}`)
      .matches(`tags.${key}`, value, TAG_VALUE)
      .require(
        !RESERVED_TAG.test(key) && !RESERVED_TAG.test(value ?? ''),
        `'tags.${key}' must not begin with aws: or rds:, in key or value, got '${key}: ${value}'; AWS reserves these prefixes`,
      )
      .require(
        twin === undefined,
        `'tags.${key}' must differ from '${twin}' in more than case; keep one of them, IAM ignores case`,
      );
  }
}

/** Other providers have tags of other shapes, such as lists. */
function isTaggable(node: IConstruct): node is Taggable {
  return (
    TerraformResource.isTerraformResource(node) &&
    node.terraformResourceType.startsWith('aws_') &&
    'tagsInput' in node &&
    'tags' in node
  );
}
