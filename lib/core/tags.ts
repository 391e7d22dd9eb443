import { Aspects, type IAspect } from 'cdktf';
import type { IConstruct } from 'constructs';

interface Taggable extends IConstruct {
  tags?: Record<string, string>;
  readonly tagsInput?: Record<string, string>;
}

/** Tags for every resource below a construct, added to its stack's tags. A resource's own tags take precedence. */
export class Tags implements IAspect {
  /** @example Tags.of(lake).add({ team: 'fraud', 'data-classification': 'personal' }) */
  public static of(scope: IConstruct): { add(tags: Record<string, string>): void } {
    return { add: (tags) => Aspects.of(scope).add(new Tags(tags)) };
  }

  private constructor(private readonly tags: Record<string, string>) {}

  public visit(node: IConstruct): void {
    if (isTaggable(node)) node.tags = { ...this.tags, ...node.tagsInput };
  }
}

function isTaggable(node: IConstruct): node is Taggable {
  return 'tagsInput' in node && 'tags' in node;
}
