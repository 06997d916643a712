import { forbidden, redirect } from 'next/navigation';
import { requireSession } from '@/lib/auth';
import { homeOf } from './home';

/** Sends everybody to the page where their day begins. */
export default async function Home() {
  const home = homeOf(await requireSession());
  if (home === null) forbidden();
  redirect(home);
}
