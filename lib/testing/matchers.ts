import { TerraformStack } from 'cdktf';
import { type Attributes, type ElementType, nameOf } from './attributes';
import { show } from './matching';
import type { Access, Policy } from './policy/policy';
import { Template } from './template';

/** What the matchers require of the test runner; Jest and Vitest have it. */
interface Runner {
  readonly isNot?: boolean;
}

interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}

/**
 * Matchers for `expect.extend(matchers)`, in Jest and Vitest. In Jest, `import 'cdktf-mlops/testing/jest'` registers
 * them and declares their types.
 */
export const matchers = {
  /** Whether a stack or template has a resource that matches a subset, as in `Template.hasResource`. */
  toHaveResource(received: Template | TerraformStack, type: ElementType, subset: Attributes = {}): Verdict {
    const template = templateOf(received);
    return verdict(
      failureOf(() => template.hasResource(type, subset)),
      () => `expected no such resource, found${listed(Object.keys(template.findResources(type, subset)))}`,
    );
  },

  /** Whether a stack or template has this number of resources of a type. */
  toHaveResourceCount(received: Template | TerraformStack, type: ElementType, count: number): Verdict {
    const template = templateOf(received);
    return verdict(
      failureOf(() => template.resourceCount(type, count)),
      () => `expected a number of ${nameOf(type)} other than ${count}`,
    );
  },

  /** Whether `addresses` equals a committed text; if not, lists what Terraform would destroy and create. */
  toMatchAddresses(received: string, committed: string): Verdict {
    const [now, before] = [linesOf(received), linesOf(committed)];
    const gone = [...before].filter((line) => !now.has(line)).map((line) => `destroyed: ${line}`);
    const added = [...now].filter((line) => !before.has(line)).map((line) => `created: ${line}`);
    return verdict(
      gone.length + added.length > 0
        ? `${gone.length} ${gone.length === 1 ? 'resource' : 'resources'} would be destroyed, ${added.length} created${listed([...gone, ...added])}`
        : undefined,
      () => 'the addresses equal the committed ones',
    );
  },

  /**
   * Whether a policy allows all of an access. With `.not`, whether it allows no part of it:
   * `.not.toAllow({ actions: 's3:*' })` fails if `s3:GetObject` is allowed on anything.
   */
  toAllow(this: Runner, received: Policy, access: Access): Verdict {
    const pass = this.isNot ? received.allowsAny(access) : received.allows(access);
    const failed = pass ? ` allows a part of ${show(access)}` : `:${listed(received.missing(access))}`;
    return { pass, message: () => `${received.name}${failed}\nstatements${listing(received)}` };
  },

  /** Whether a policy denies all of an access, regardless of what it allows. */
  toDeny(this: Runner, received: Policy, access: Access): Verdict {
    const pass = this.isNot ? received.mayDeny(access) : received.denies(access);
    const message = () =>
      `${received.name} ${pass ? (received.denies(access) ? 'denies' : 'may deny') : 'does not deny'} ${show(access)}\nstatements${listing(received)}`;
    return { pass, message };
  },

  /** Whether a policy allows all of these accesses and nothing else. */
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

function listing(policy: Policy): string {
  const text = String(policy);
  return text === '' ? ': none' : `:${listed(text.split('\n'))}`;
}
