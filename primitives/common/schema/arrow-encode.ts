import { NetverdictError } from '../errors/index.js';
import { END_OF_STREAM, padded, writeHeader } from './arrow-message.js';
import { type MessageTemplate, type StreamTemplate, templateOf } from './arrow-template.js';
import { codedTexts } from './coded.js';
import { type Column, type ColumnBatch, fieldsOf } from './columns.js';
import type { FieldType } from './fields.js';

const NOTHING = new Uint8Array(0);

/** One message: how many values each node (a column, or the elements of one) has, and the bytes behind them. */
interface Message {
  readonly template: MessageTemplate;
  readonly length: number;
  readonly nodes: number[];
  readonly buffers: Uint8Array[];
}

/** One Arrow IPC stream; the schema's metadata name the stream and its version. */
export function toArrow(batch: ColumnBatch): Uint8Array {
  const template = templateOf(batch.stream);
  const messages = messagesOf(batch, template);
  const { schema } = template;
  const sizes = messages.map((message) => message.template.bytes.length + bodyBytes(message));
  const total = sizes.reduce((sum, size) => sum + size, schema.length + END_OF_STREAM.length);
  const out = new Uint8Array(total);
  out.set(schema);
  let at = schema.length;
  messages.forEach((message, index) => {
    write(message, out, at);
    at += sizes[index] ?? 0;
  });
  out.set(END_OF_STREAM, at);
  return out;
}

/** The dictionaries, then the records. */
function messagesOf(batch: ColumnBatch, { dictionaries, records }: StreamTemplate): Message[] {
  const { length } = batch;
  const messages: Message[] = [];
  const main: Message = { template: records, length, nodes: [], buffers: [] };
  Object.entries(fieldsOf(batch.stream)).forEach(([name, { type }], position) => {
    const values = batch.columns[name];
    if (values === undefined) throw lacking(batch, name);
    const template = dictionaries.get(position);
    if (template === undefined) addNumbers(main, type, values);
    else messages.push(addTexts(main, template, values as readonly string[]));
  });
  return [...messages, main];
}

/** Nothing is ever null: the first buffer of each node, which says what is, is empty. */
function addNumbers({ length, nodes, buffers }: Message, type: FieldType, values: Column): void {
  nodes.push(length);
  if (type.kind === 'histogram') {
    nodes.push(values.length);
    buffers.push(NOTHING);
  }
  buffers.push(NOTHING, bytesOf(values as Uint32Array));
}

/** The column gets numbers; answers the message with what they stand for. */
function addTexts(main: Message, template: MessageTemplate, column: readonly string[]): Message {
  const { codes, texts } = codedTexts(column);
  main.nodes.push(main.length);
  main.buffers.push(NOTHING, bytesOf(codes));
  const offsets = new Int32Array(texts.length + 1);
  let end = 0;
  texts.forEach((text, index) => {
    offsets[index + 1] = end += Buffer.byteLength(text);
  });
  const buffers = [NOTHING, bytesOf(offsets), Buffer.from(texts.join(''))];
  return { template, length: texts.length, nodes: [texts.length], buffers };
}

function write({ template, length, nodes, buffers }: Message, out: Uint8Array, at: number): void {
  const sizes = buffers.map((buffer) => buffer.length);
  const body = at + template.bytes.length;
  let offset = 0;
  writeHeader(template, { length, nodes, sizes }, out, at);
  for (const buffer of buffers) {
    out.set(buffer, body + offset);
    offset += padded(buffer.length);
  }
}

const bodyBytes = ({ buffers }: Message): number =>
  buffers.reduce((sum, buffer) => sum + padded(buffer.length), 0);

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const lacking = ({ stream }: ColumnBatch, name: string): NetverdictError =>
  new NetverdictError('NV_SCHEMA_MISMATCH', `a batch of ${stream} lacks the column "${name}"`);
