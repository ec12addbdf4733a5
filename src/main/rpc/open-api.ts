/** The calls as an OpenAPI 3.1 document, made from the table that checks them. */
import { z } from 'zod'
import { endpoints, isEndpointName, type EndpointName } from '../../contract/endpoints'
import { wireErrorSchema } from '../../contract/errors'
import { version } from '../../../package.json'
import { statuses } from './api-status'
import { callWords } from './call-words'

export const apiPath = '/api/'

type Json = Readonly<Record<string, unknown>>

const about = `The calls that the workbench's own interface makes. Each is a POST of one JSON object to /api/NAME; the answer is what the call answers, as JSON.

"bitw serve --json" prints a link http://127.0.0.1:PORT/enter#CODE. POST the code to /session with the header "Origin: http://127.0.0.1:PORT" to get a session, and send it with every call as "Authorization: Bearer SESSION".

A call that answers with a taskId works on: tasks.list says how far it is. The calls can change from version to version of the workbench.`

let made: string | null = null

/** As JSON; made once. */
export function openApiText(): string {
  return (made ??= JSON.stringify(openApiDocument()))
}

function openApiDocument(): Json {
  const words = callWords()
  const names = Object.keys(endpoints).filter(isEndpointName)
  return {
    openapi: '3.1.0',
    info: {
      title: 'BiT Workbench',
      version,
      summary: 'The local API of the workbench',
      description: about,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ session: [] }],
    tags: [...new Set(names.map(domainOf))].map((name) => ({ name })),
    paths: {
      '/session': { post: sessionOperation },
      ...Object.fromEntries(
        names.map((name) => [`${apiPath}${name}`, { post: operation(name, words.get(name)) }]),
      ),
    },
    components: {
      securitySchemes: { session: { type: 'http', scheme: 'bearer', description: 'From POST /session.' } },
      schemas: { Error: schemaOf(wireErrorSchema, 'output') },
      responses: {
        NotLetIn: {
          description: 'There is no session, or another one.',
          content: { 'text/plain': { schema: { type: 'string' } } },
        },
        Refused: {
          description: `Why not, in words. ${statusWords()}`,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      },
    },
  }
}

function operation(name: EndpointName, words: string | undefined): Json {
  const { input, output } = endpoints[name]
  return {
    operationId: name,
    tags: [domainOf(name)],
    ...(words !== undefined && { description: words }),
    requestBody: {
      required: !input.safeParse({}).success,
      content: { 'application/json': { schema: schemaOf(input, 'input') } },
    },
    responses: {
      '200': {
        description: 'What the call answers.',
        content: { 'application/json': { schema: schemaOf(output, 'output') } },
      },
      '401': { $ref: '#/components/responses/NotLetIn' },
      default: { $ref: '#/components/responses/Refused' },
    },
  }
}

const sessionOperation: Json = {
  operationId: 'session',
  summary: 'Get a session',
  security: [],
  parameters: [
    {
      name: 'Origin',
      in: 'header',
      required: true,
      description: 'http://127.0.0.1:PORT, as the link has it.',
      schema: { type: 'string' },
    },
  ],
  requestBody: {
    required: true,
    content: { 'text/plain': { schema: { type: 'string', description: 'The code of the link.' } } },
  },
  responses: {
    '201': {
      description: 'The session, and the key that addresses of images carry.',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: { session: { type: 'string' }, imageKey: { type: 'string' } },
            required: ['session', 'imageKey'],
          },
        },
      },
    },
    '401': { description: 'The code is wrong, or has run out.' },
  },
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const json = z.toJSONSchema(schema, { io, reused: 'inline', cycles: 'throw' })
  delete json.$schema // OpenAPI 3.1 says which it is
  return json
}

function domainOf(name: string): string {
  return name.slice(0, name.indexOf('.'))
}

function statusWords(): string {
  const byStatus = Object.entries(Object.groupBy(Object.entries(statuses), ([, status]) => String(status)))
  return byStatus
    .map(([status, codes = []]) => `${status}: ${codes.map(([code]) => code).join(', ')}.`)
    .join(' ')
}
