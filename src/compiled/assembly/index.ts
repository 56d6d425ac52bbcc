// The kernels of compiled lanes. All they know lies in memory, where `../` has laid it out; pointers are byte offsets.

export { convolutional8, convolutional16 } from './convolutional';
export { attention, pooled } from './pooled';
export { multiply } from './product';
export { pyramid } from './pyramid';
export { recurrent } from './recurrent';
