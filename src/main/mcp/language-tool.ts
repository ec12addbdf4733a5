import { z } from 'zod'
import { subjects } from '../../domain/query/field'
import { fieldsOf } from '../../domain/query/fields'
import { tool } from './tool'

export const languageTool = tool(
  {
    name: 'describe_query_language',
    title: 'Describe the query language',
    description:
      'The fields that a query about images, predictions or runs can have, with what each takes and an example.',
  },
  z.object({ subject: z.enum(subjects) }),
  (_home, { subject }) =>
    Promise.resolve({
      grammar: [
        'Words with a space between them must all hold; `or` between two, `-` or `not` before one, and brackets.',
        'field:value, field:a,b (either value), field>=number, field:low..high; double quotes around a value with spaces; * stands for any letters.',
        'sort:field, or sort:-field from the highest; sort:class,-width for several.',
      ],
      fields: fieldsOf(subject).map(({ name, aliases, type, unit, help, example, isSortable }) => ({
        name,
        aliases,
        help,
        example,
        unit,
        isSortable,
        ...(type.kind === 'choice' && { values: Object.keys(type.choices) }),
      })),
    }),
)
