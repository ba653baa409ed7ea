// Makes the pages of this folder that follow from tables. Runs under the Node of this clone, which strips types:
//
//   node_modules/.bin/node docs/generate.mjs            writes them
//   node_modules/.bin/node docs/generate.mjs --check    exit code 1 when one is out of date
import './generate-configuration.mjs'
import './generate-errors.mjs'
import './generate-features.mjs'
