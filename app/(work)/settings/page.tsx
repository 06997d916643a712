import type { Metadata } from 'next';
import { MailSettings } from '@/components/settings/mail-settings';
import { PasswordSettings } from '@/components/settings/password-settings';
import { requireTenantPermission } from '@/lib/auth';
import { readSettings } from '@/lib/queries/settings';
import { changePasswordAction, setMailPreferenceAction, setTimeZoneAction } from './actions';

export const metadata: Metadata = { title: 'Settings' };

export default async function SettingsPage() {
  const session = await requireTenantPermission('settings.change', { from: '/settings' });
  const settings = await readSettings(session.userId);
  return (
    <main id="main" className="p-settings on-surface">
      <div className="wrap">
        <h1>Settings</h1>
        <MailSettings settings={settings} setPreference={setMailPreferenceAction} setTimeZone={setTimeZoneAction} />
        {settings.hasPassword ? <PasswordSettings email={settings.email} change={changePasswordAction} /> : null}
      </div>
    </main>
  );
}
