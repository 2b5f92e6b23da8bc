// What npm's ajv says. usage: judge.js SCHEMA < lines of file names; prints "accept" or "refuse" for each.
const fs = require("fs");
const modules = process.env.SCHEMA_MODULES;
const Ajv = require(modules + "/ajv/dist/2020").default;
const formats = require(modules + "/ajv-formats").default;

const [file, part] = process.argv[2].split("#");
const ajv = new Ajv({ strict: true, strictRequired: false, strictTypes: false, allErrors: true, allowUnionTypes: true });
formats(ajv);
let schema = JSON.parse(fs.readFileSync(file, "utf8"));
if (part) schema = { $defs: schema.$defs, $ref: "#" + part };
const validate = ajv.compile(schema);
for (const line of fs.readFileSync(0, "utf8").trim().split("\n")) {
    const good = validate(JSON.parse(fs.readFileSync(line, "utf8")));
    console.log(good ? "accept" : "refuse");
    for (const error of (validate.errors || []).slice(0, 3)) console.error(`ajv: ${line}: ${error.instancePath}: ${error.message}`);
}
