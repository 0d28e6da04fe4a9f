import { dotnet } from './_framework/dotnet.js';

const { runMain } = await dotnet.withApplicationArguments(...globalThis.process?.argv.slice(2) ?? []).create();
globalThis.process?.exit(await runMain());
