import { redirect } from 'next/navigation';
import { can, requireSession } from '@/lib/auth';

export default async function Console() {
  const session = await requireSession({ from: '/admin' });
  redirect(can(session, 'execution.read') ? '/admin/executions' : '/admin/health');
}
