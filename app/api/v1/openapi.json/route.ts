import { openRoute } from '@/lib/actions/apiRoute';
import { describeApi } from '@/lib/openapi/describeApi';

/** What the API takes and answers, for tools. Nobody's data are in it. */
export const GET = openRoute({ act: 'api.describe' }, () => Response.json(describeApi()));
