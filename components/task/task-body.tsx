import '@/components/task-form/task-form.css';
import { isOpenTask } from '@shared/workflow/model/status';
import { ReadOnlyForm } from '@/components/task-form/ReadOnlyForm';
import { Icon } from '@/components/ui/icons';
import { Status, taskLook } from '@/components/ui/status';
import { Time } from '@/components/ui/time';
import { Unbroken } from '@/components/ui/unbroken';
import type { TaskView } from '@/lib/queries/task';
import type { Choosable } from '@/components/ui/person-field';
import { activityText } from './activity-text';
import { headingId } from './begin-at-top';
import { HoldingProvider } from './holding';
import type { TaskActions } from './task-actions';
import { TaskActs } from './task-acts';
import { TaskDetails } from './task-details';
import { TaskMeta } from './task-head';
import { OpenQuestion } from './task-talk';
import { TaskWork } from './task-work';

/** One task, on its own page and in the inbox: what happened, what is asked, the answer. */
export function TaskBody({
  task,
  place,
  people,
  actions,
  heading: Heading,
}: {
  readonly task: TaskView;
  /** The tenant's name. */
  readonly place: string;
  /** Whom the task can be handed to. */
  readonly people: Choosable;
  readonly actions: TaskActions;
  readonly heading: 'h1' | 'h2';
}) {
  const details = <TaskDetails task={task} place={place} comment={actions.comment} />;
  return (
    <HoldingProvider>
      <article className="task" aria-labelledby={headingId(task.taskId)}>
        <div className="head">
          {/* The next task's is a new one: what reads the page aloud then says it when it gets the focus. */}
          <Heading className="title" id={headingId(task.taskId)} key={task.taskId} tabIndex={-1}>
            <Unbroken text={task.title} />
          </Heading>
          <div className="head-acts">
            <TaskActs
              key={task.taskId}
              taskId={task.taskId}
              version={task.version}
              title={task.title}
              access={task.access}
              plan={{ priority: task.priority, dueAt: task.dueAt, followUpAt: task.followUpAt }}
              holderName={task.ownerName}
              people={people}
              actions={actions}
            />
          </div>
        </div>
        <TaskMeta task={task} />
        {task.question ? (
          <OpenQuestion
            taskId={task.taskId}
            question={task.question}
            mayAnswer={task.access.mayAnswer}
            mayWithdraw={task.access.isMine}
            answer={actions.answer}
            withdraw={actions.withdraw}
          />
        ) : null}
        {task.description ? <p className="prose">{task.description}</p> : null}
        {task.alike ? <AlikeNote alike={task.alike} task={task} /> : null}
        {task.form ? (
          <TaskWork
            key={task.taskId}
            userId={task.readerId}
            taskId={task.taskId}
            title={task.title}
            form={task.form}
            mayDecide={task.access.mayDecide}
            hasEnded={!isOpenTask(task.status)}
            endedNote={endedNote(task)}
            details={details}
            settled={<Settled task={task} />}
            complete={actions.complete}
            draft={task.draft}
            saveDraft={actions.saveDraft}
          />
        ) : (
          <p className="note tone-fail form-gone" role="alert">
            <Icon name="alert" />
            The form of this task cannot be found. Ask an administrator to look at the form definitions.
          </p>
        )}
      </article>
    </HoldingProvider>
  );
}

/** One answer serves many: which, and that they all go on with it. */
function AlikeNote({
  alike: { count, subjects },
  task: { access, assigneeName },
}: {
  readonly alike: NonNullable<TaskView['alike']>;
  readonly task: TaskView;
}) {
  const whose = !access.isMine && assigneeName ? `${assigneeName} has it, and that answer` : 'One answer';
  const more = count - subjects.length;
  const named = [...subjects, ...(more > 0 ? [`${more} more`] : [])];
  return (
    <p className="note alike">
      <Icon name="users" />
      <span>
        <b>{count + 1} wait for this.</b> {access.mayDecide ? 'Your answer' : whose} is given to all of them
        {subjects.length > 0 ? `: to this one and to ${new Intl.ListFormat('en-GB').format(named)}` : ''}, and each goes
        on by itself.
      </span>
    </p>
  );
}

/** What there is to read when there is nothing to decide: the stored answers, or the question as it stands. */
function Settled({ task }: { readonly task: TaskView }) {
  if (!task.form) return null;
  const isOpen = isOpenTask(task.status);
  const look = taskLook(task.status);
  return (
    <div className="decided">
      {isOpen ? (
        <p className="note">
          <Icon name={look.icon} />
          <span>{heldNote(task)}</span>
        </p>
      ) : (
        <div className={`note tone-${isRefusal(task) ? 'fail' : look.tone}`}>
          <Icon name={isRefusal(task) ? 'failed' : look.icon} />
          <div>
            <b>{decisionText(task)}</b>
            {task.endedAt ? (
              <>
                {' '}
                <Time at={task.endedAt} style="relative" />
              </>
            ) : null}
          </div>
        </div>
      )}
      <ReadOnlyForm
        form={task.form}
        projection={task.form.projection}
        output={isJsonObject(task.output) ? task.output : null}
      />
      {isOpen ? null : (
        <p className="vh">
          <Status look={look} />
        </p>
      )}
    </div>
  );
}

/** The answer that hurts is not drawn as a success. */
function isRefusal(task: TaskView): boolean {
  return task.form?.outcomes.find((outcome) => outcome.value === task.outcome)?.tone === 'danger';
}

function heldNote(task: TaskView): string {
  if (task.ownerName && task.access.isMine) return `${task.ownerName} decides this and asked for your help.`;
  if (task.ownerName) return `${task.assigneeName} works on it for ${task.ownerName}.`;
  if (task.assigneeName && !task.access.isMine) return `${task.assigneeName} is on it. You can read along.`;
  return 'You can read this. It is meant to be decided by somebody else.';
}

function decisionText(task: TaskView): string {
  const person = task.endedByReader ? 'You' : (task.endedByName ?? 'Somebody');
  switch (task.status) {
    case 'completed':
      return task.outcomeTitle ? `${person} decided: ${task.outcomeTitle.toLowerCase()}` : `${person} answered this`;
    case 'declined':
      return `${person} declined it`;
    case 'expired':
      return 'Nobody decided in time';
    case 'canceled':
      return 'The workflow no longer needs an answer';
    case 'pending':
    case 'claimed':
      return '';
  }
}

/** Who did what, so that the reader can no longer decide. */
function endedNote(task: TaskView): string {
  if (!isOpenTask(task.status)) return `${decisionText(task)}.`;
  const last = task.activity.findLast(({ kind }) => changesHands.has(kind));
  if (last) return `${activityText(last, (iso) => iso)}.`;
  return task.assigneeName ? `${task.assigneeName} has taken this task.` : 'Somebody else is to decide it now.';
}

/** What decides who may answer an open task. */
const changesHands: ReadonlySet<string> = new Set([
  'claimed',
  'released',
  'assigned',
  'delegated',
  'given_back',
  'forwarded',
  'escalated',
  'undone',
]);

function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
