import type { Metadata } from 'next';
import { AttachForm, AttachmentMatrix } from '@/components/console/attachment-matrix';
import { ConsoleSkeleton } from '@/components/console/skeleton';
import { PagePart } from '@/components/shell/page-part';
import { can, requireTenantPermission } from '@/lib/auth';
import { attachmentMatrix } from '@/lib/queries/attachments';
import { attachWorkflowAction, detachWorkflowAction } from './actions';

export const metadata: Metadata = { title: 'Attachments' };

export default async function AttachmentsPage() {
  const session = await requireTenantPermission('attachment.read', { from: '/admin/attachments' });
  return (
    <main id="main" className="main p-attachments">
      <div className="hd">
        <h1 className="grow">Attachments</h1>
      </div>
      <p className="lead">
        An event starts every workflow that is attached to its type. What has been started goes on when a link ends; an
        event that nothing is attached to is stored and starts nothing.
      </p>
      <PagePart skeleton={<ConsoleSkeleton />}>
        <Matrix tenant={session.tenant} mayManage={can(session, 'attachment.manage')} />
      </PagePart>
    </main>
  );
}

async function Matrix({ tenant, mayManage }: { readonly tenant: string; readonly mayManage: boolean }) {
  const matrix = await attachmentMatrix(tenant);
  if (matrix.workflows.length === 0) {
    return (
      <div className="empty">
        <b>No workflows are registered yet</b>
        <p className="soft">A worker registers its workflows when it starts. Start one, then reload this page.</p>
        <code className="code" tabIndex={0}>
          npm start
        </code>
      </div>
    );
  }
  return (
    <>
      {matrix.rows.length > 0 ? (
        <AttachmentMatrix
          matrix={matrix}
          mayManage={mayManage}
          attach={attachWorkflowAction}
          detach={detachWorkflowAction}
        />
      ) : (
        <div className="empty">
          <b>Nothing is attached</b>
          <p className="soft">Attach an event type to a workflow below: the next such event starts it.</p>
        </div>
      )}
      {mayManage ? (
        <section className="att-add" aria-labelledby="att-add">
          <h2 id="att-add">Attach another event type</h2>
          <AttachForm workflows={matrix.workflows} attach={attachWorkflowAction} />
        </section>
      ) : null}
    </>
  );
}
