/** The description of the API in the words of OpenAPI 3.1, made of the schemas that its routes use. */
import { z } from 'zod';
import { apiErrorSchema } from '../queries/apiTaskSchemas';
import { answers, taskOperations, type Operation } from './taskOperations';

type Json = Readonly<Record<string, unknown>>;

export interface ApiDescription {
  readonly openapi: string;
  readonly info: Json;
  readonly servers: readonly Json[];
  readonly security: readonly Json[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>>; readonly securitySchemes: Json };
}

/** The document that `/api/v1/openapi.json` answers with. */
export function describeApi(): ApiDescription {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of taskOperations) {
    (paths[operation.path] ??= {})[operation.method] = describeOperation(operation);
  }
  const schemas = Object.entries({ ...answers, Error: apiErrorSchema });
  return {
    openapi: '3.1.0',
    info: {
      title: 'Baton: human tasks',
      version: '1',
      description: 'Everything is done as the person whose token is sent, within their tenant.',
    },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }],
    paths,
    components: {
      schemas: Object.fromEntries(schemas.map(([name, schema]) => [name, jsonSchemaOf(schema, 'output')])),
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function describeOperation({ path, operationId, summary, query, body, answer }: Operation): Json {
  const variables = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return {
    operationId,
    summary,
    tags: ['Tasks'],
    parameters: [...variables, ...(query ? queryParameters(query) : [])],
    ...(body && { requestBody: { required: true, content: jsonContent(jsonSchemaOf(body, 'input')) } }),
    responses: {
      200: { description: 'Done.', content: jsonContent(reference(answer)) },
      default: { description: 'Refused: the code says why.', content: jsonContent(reference('Error')) },
    },
  };
}

function queryParameters(query: z.ZodObject): readonly Json[] {
  const schema = jsonSchemaOf(query, 'input');
  const required = new Set((schema.required ?? []) as readonly string[]);
  return Object.entries((schema.properties ?? {}) as Json).map(([name, property]) => ({
    name,
    in: 'query',
    required: required.has(name),
    schema: property,
  }));
}

const jsonContent = (schema: Json) => ({ 'application/json': { schema } });
const reference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

/** What JSON Schema has no words for is any JSON, or what its schema says besides. */
function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return described;
}
