// Speed of llama.cpp through node-llama-cpp, for the benchmark group "inference".
//   node llama.mjs MODULES MODEL THREADS PROMPT GENERATE REPEATS
// MODULES is a folder with node_modules/node-llama-cpp in it. Prints one line of JSON: the best rates of prompt processing and of generation,
// in tokens a second (of what was done in 20 seconds), and the tokens that follow the prompt 1, 2, 3, ... greedily.
import {existsSync} from "node:fs";
import {join} from "node:path";
import {pathToFileURL} from "node:url";

const [modules, modelPath, threadText, promptText, generateText, repeatText] = process.argv.slice(2);
const entry = join(modules, "node_modules", "node-llama-cpp", "dist", "index.js");
if (!existsSync(entry)) {
    console.log(JSON.stringify({absent: true}));
    process.exit(0);
}

const {getLlama} = await import(pathToFileURL(entry));
const threads = Number(threadText), promptLength = Number(promptText), generate = Number(generateText), repeats = Number(repeatText);
const llama = await getLlama({gpu: false, build: "never", progressLogs: false, logLevel: "error", maxThreads: threads});
const model = await llama.loadModel({modelPath, gpuLayers: 0});
const context = await model.createContext({contextSize: promptLength + generate + 8, batchSize: 512, threads: {ideal: threads, min: threads}});
const sequence = context.getSequence();
const prompt = Array.from({length: promptLength}, (_, i) => 1 + (i * 7) % 1000);
const now = () => Number(process.hrtime.bigint()) / 1e9;

const deadline = now() + 20;
let pp = 0, tg = 0, first = [];
for (let i = 0; i < repeats && (i === 0 || now() < deadline); i++) {
    await sequence.clearHistory();
    let start = now();
    await sequence.evaluateWithoutGeneratingNewTokens(prompt);
    pp = Math.max(pp, promptLength / (now() - start));

    await sequence.clearHistory();
    const tokens = [];
    start = 0;
    for await (const token of sequence.evaluate(prompt.slice(0, 8), {temperature: 0, yieldEogToken: true})) {
        tokens.push(token);
        if (tokens.length === 1) {
            start = now();
        } else if (tokens.length > generate) {
            break;
        }
    }

    tg = Math.max(tg, (tokens.length - 1) / (now() - start));
    first = tokens.slice(0, 16);
}

console.log(JSON.stringify({pp, tg, first}));
await llama.dispose();
