/** The types that make a forgotten call a compile error. */
import type { z } from 'zod'
import type { EndpointName, endpoints, Output } from '../../contract/endpoints'

/** What a handler receives: checked, with defaults filled in. */
export type Checked<N extends EndpointName> = z.output<(typeof endpoints)[N]['input']>

export type Handlers = { readonly [N in EndpointName]: (input: Checked<N>) => Promise<Output<N>> }

/** The handlers of one domain, e.g. 'runs' for every call named runs.… */
export type DomainHandlers<Domain extends string> = Pick<
  Handlers,
  Extract<EndpointName, `${Domain}.${string}`>
>
