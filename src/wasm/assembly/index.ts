export { attach, end, run, serve } from './threads'
