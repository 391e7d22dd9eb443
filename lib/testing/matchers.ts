import { TerraformStack } from 'cdktf';
import { type Attributes, type ElementType, nameOf } from './attributes';
import { show } from './matching';
import type { Access, Policy } from './policy';
import { Template } from './template';

/** What the matchers of this package ask of the runner; Jest and Vitest both give it. */
interface Runner {
  readonly isNot?: boolean;
}

interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}

/**
 * Matchers for `expect.extend(matchers)`, in Jest and Vitest. In Jest, `import 'cdktf-mlops/testing/jest'` does that and declares
 * their types.
 */
export const matchers = {
  /** That a stack or template has a resource of the type with these attributes, compared as `Template.hasResource` does. */
  toHaveResource(received: Template | TerraformStack, type: ElementType, subset: Attributes = {}): Verdict {
    const template = templateOf(received);
    return verdict(
      failureOf(() => template.hasResource(type, subset)),
      () => `expected no such resource, found${listed(Object.keys(template.findResources(type, subset)))}`,
    );
  },

  /** How many resources of a type a stack or template has. */
  toHaveResourceCount(received: Template | TerraformStack, type: ElementType, count: number): Verdict {
    const template = templateOf(received);
    return verdict(
      failureOf(() => template.resourceCount(type, count)),
      () => `expected another number of ${nameOf(type)} than ${count}`,
    );
  },

  /** That a text of `addresses` is as it was committed; a failure tells which resources Terraform would destroy and create. */
  toMatchAddresses(received: string, committed: string): Verdict {
    const [now, before] = [linesOf(received), linesOf(committed)];
    const gone = [...before].filter((line) => !now.has(line)).map((line) => `destroyed: ${line}`);
    const added = [...now].filter((line) => !before.has(line)).map((line) => `created: ${line}`);
    return verdict(
      gone.length + added.length > 0
        ? `${gone.length} resources would be destroyed, ${added.length} created${listed([...gone, ...added])}`
        : undefined,
      () => 'the addresses are as they were committed',
    );
  },

  /**
   * That a policy allows all that is asked for. With `.not`, that it allows no part of it: `.not.toAllow({ actions: 's3:*' })` fails
   * if `s3:GetObject` is allowed on anything.
   */
  toAllow(this: Runner, received: Policy, access: Access): Verdict {
    const pass = this.isNot ? received.allowsAny(access) : received.allows(access);
    const failed = pass ? ` allows a part of ${show(access)}` : `:${listed(received.missing(access))}`;
    return { pass, message: () => `${received.name}${failed}\nit says${says(received)}` };
  },

  /** That a policy denies all that is asked for, whatever else allows it. */
  toDeny(received: Policy, access: Access): Verdict {
    const pass = received.denies(access);
    const message = () =>
      `${received.name} ${pass ? 'denies' : 'does not deny'} ${show(access)}\nit says${says(received)}`;
    return { pass, message };
  },

  /** That a policy allows all of these accesses and nothing beyond. */
  toAllowOnly(received: Policy, ...accesses: readonly Access[]): Verdict {
    const missing = accesses.flatMap((access) => received.missing(access));
    const beyond = received.beyond(accesses).map((line) => `${line} is allowed, but not expected`);
    return verdict(
      missing.length + beyond.length > 0 ? `${received.name}:${listed([...missing, ...beyond])}` : undefined,
      () => `${received.name} allows exactly this`,
    );
  },
};

function templateOf(subject: Template | TerraformStack): Template {
  return TerraformStack.isStack(subject) ? Template.synth(subject) : subject;
}

function verdict(failure: string | undefined, otherwise: () => string): Verdict {
  return { pass: failure === undefined, message: () => failure ?? otherwise() };
}

function failureOf(assertion: () => void): string | undefined {
  try {
    assertion();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function linesOf(text: string): Set<string> {
  return new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  );
}

function listed(lines: readonly string[]): string {
  return lines.map((line) => `\n  - ${line}`).join('');
}

function says(policy: Policy): string {
  const text = String(policy);
  return text === '' ? ' nothing' : `:${listed(text.split('\n'))}`;
}
