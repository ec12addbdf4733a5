/** What a call is given, held to its contract: nothing wrong comes in. */
import type { z } from 'zod'
import { endpoints, type EndpointName } from '../../contract/endpoints'
import { WorkbenchError } from '../../contract/errors'

/** As the contract reads it. Throws 'bad-input' with the fields that are wrong. */
export function checkedInput(name: EndpointName, input: unknown): unknown {
  const checked = endpoints[name].input.safeParse(input)
  if (!checked.success) throw badInput(name, checked.error)
  return checked.data
}

function badInput(name: string, error: z.ZodError): WorkbenchError {
  const faults = error.issues.slice(0, 3).map(({ path, message }) => {
    const field = path.map(String).join('.')
    return field === '' ? message : `${field}: ${message}`
  })
  return new WorkbenchError(
    'bad-input',
    `${name}: the input is not valid. ${faults.join('; ')}`,
    'Correct the field named above.',
    {
      cause: error,
    },
  )
}
