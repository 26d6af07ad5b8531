#!/usr/bin/env node
console.log(`lathe on Node ${process.versions.node}`);
