// The rows of BACI files as arrays of cells, without the header.
import fs from 'node:fs';
import readline from 'node:readline';

export async function* lines(files) {
  for (const file of files) {
    let first = true;
    for await (const line of readline.createInterface({ input: fs.createReadStream(file, { highWaterMark: 1 << 20 }) })) {
      if (!first) yield line.split(',');
      first = false;
    }
  }
}
