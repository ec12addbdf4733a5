export { attach } from './job'
export { end, run, serve } from './threads'
