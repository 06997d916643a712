/** `context.children`: checks what the code asks for and hands it to the running instance. */
import { InvalidInputError } from '../model/errors';
import { decodeJson, type JsonObject, type JsonValue } from '../model/json';
import type { ParentClosePolicy, ParentLink } from '../model/relations';
import { encodeValue } from '../model/values';
import type { ChildHandle, ChildOptions, WorkflowChildren, WorkflowReference } from '../model/workflow';

export interface ChildRequest {
  readonly workflow: string;
  readonly version: string | null;
  readonly workflowKey: string | null;
  readonly parentClosePolicy: ParentClosePolicy;
  readonly data: JsonObject;
}

export interface ChildHost {
  readonly parent: ParentLink | null;
  startChild(
    request: ChildRequest,
    argsText: string,
  ): { readonly commandId: string; readonly childExecutionId: string };
  childResult(commandId: string): Promise<JsonValue>;
}

const policies: readonly unknown[] = ['terminate', 'cancel', 'abandon'];

export function childrenOf(host: ChildHost): WorkflowChildren {
  const start = <Result>(
    workflow: string | WorkflowReference<Result>,
    options: ChildOptions = {},
  ): ChildHandle<Result> => {
    const request = requestOf(workflow, options);
    const text = encodeValue(request, `What the child ${request.workflow} is given`);
    const { commandId, childExecutionId } = host.startChild(decodeJson(text) as typeof request, text);
    return {
      executionId: childExecutionId,
      // What the child returned is what its function's type says, as its log holds it.
      result: () => host.childResult(commandId) as Promise<Result>,
    };
  };
  return {
    start,
    async run(workflow, options) {
      return start(workflow, options).result();
    },
  };
}

function requestOf(workflow: string | { readonly name: string }, options: ChildOptions) {
  const name = typeof workflow === 'string' ? workflow : workflow.name;
  const { data = {}, key = null, version = null, parentClosePolicy = 'terminate' } = options;
  if (typeof name !== 'string' || name === '') {
    throw new InvalidInputError('children.start needs the name of a workflow, or its definition.');
  }
  if (!policies.includes(parentClosePolicy)) {
    throw new InvalidInputError(`parentClosePolicy is terminate, cancel or abandon, not "${parentClosePolicy}".`);
  }
  if (key === '') throw new InvalidInputError('The key of a child must not be empty.');
  return { workflow: name, version, workflowKey: key, parentClosePolicy, data };
}
