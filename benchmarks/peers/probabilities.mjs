// What llama.cpp, through node-llama-cpp, takes the next token to be: for the tests that compare architectures.
//   node probabilities.mjs MODULES MODEL TOKEN,TOKEN,...
// MODULES is a folder with node_modules/node-llama-cpp in it. Prints a JSON object: the probability of every token of the vocabulary.
import {join} from "node:path";
import {pathToFileURL} from "node:url";

const [modules, modelPath, tokenText] = process.argv.slice(2);
const {getLlama} = await import(pathToFileURL(join(modules, "node_modules", "node-llama-cpp", "dist", "index.js")));
const tokens = tokenText.split(",").map(Number);
const llama = await getLlama({gpu: false, build: "never", progressLogs: false, logLevel: "error", maxThreads: 1});
const model = await llama.loadModel({modelPath, gpuLayers: 0});
const context = await model.createContext({
    contextSize: 32, batchSize: 32, threads: {ideal: 1, min: 1}, flashAttention: false, experimentalKvCacheKeyType: "F32", experimentalKvCacheValueType: "F32",
});
const sequence = context.getSequence();
const input = [...tokens.slice(0, -1), [tokens.at(-1), {generateNext: {probabilities: true, options: {temperature: 1, topK: 0, topP: 1, minP: 0}}}]];
const result = (await sequence.controlledEvaluate(input)).at(-1);
console.log(JSON.stringify(Object.fromEntries(result.next.probabilities)));
await llama.dispose();
