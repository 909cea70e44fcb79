/** Sizes that client and server agree on, bytes. */
export const REQUEST_BYTES = 300;
/** Holds a multiple of 2^14 in every second answer. */
export const ANSWER_BYTES = 8000;
export const DRIBBLE_BYTES = 100;
export const CHUNK_BYTES = 64 * 1024;
