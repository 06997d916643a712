/** The tests that a file holds, told from its syntax: what is commented out, or only mentioned, is none. */
import ts from 'typescript';

export interface FoundTest {
  readonly title: string;
  /** Neither it nor a group around it is skipped or left for later. `skipIf` is a matter of the machine. */
  readonly runs: boolean;
}

const testNames = new Set(['it', 'test']);
const idle = new Set(['skip', 'todo', 'fails']);

export function testsIn(file: string, text: string): readonly FoundTest[] {
  const found: FoundTest[] = [];
  const visit = (node: ts.Node, runs: boolean): void => {
    let inner = runs;
    if (ts.isCallExpression(node)) {
      const { name, members } = calleeOf(node.expression);
      const isIdle = members.some((member) => idle.has(member));
      const [first] = node.arguments;
      if (testNames.has(name) && first && ts.isStringLiteralLike(first)) {
        found.push({ title: first.text, runs: runs && !isIdle && node.arguments.length > 1 });
      }
      if (name === 'describe') inner = runs && !isIdle;
    }
    node.forEachChild((child) => visit(child, inner));
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest), true);
  return found;
}

/** `it.skip`, `it.each(rows)` and `describe.skipIf(...)` as `it` or `describe` and the members on the way. */
function calleeOf(callee: ts.Expression): { readonly name: string; readonly members: readonly string[] } {
  const members: string[] = [];
  let at = callee;
  for (;;) {
    if (ts.isPropertyAccessExpression(at)) {
      members.push(at.name.text);
      at = at.expression;
    } else if (ts.isCallExpression(at)) at = at.expression;
    else break;
  }
  return { name: ts.isIdentifier(at) ? at.text : '', members };
}
