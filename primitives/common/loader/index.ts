export { BpfObject } from './object.js';
export { EventRing } from './ring.js';
export { attachTap, type TapLink, type TapTarget } from './tap.js';
export { Netns } from './netns.js';
export { capabilities, type Capability } from './capabilities.js';
export { dropReasonName } from './drop-reasons.js';
export { Kallsyms } from './kallsyms.js';
export { perCpuSum } from './per-cpu.js';
export { hasTracepoint, type Tracepoint } from './tracepoints.js';
