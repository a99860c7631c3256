import { builder } from './builder.js';

builder.scalarType('JSON', { description: 'A JSON value. In this API it is always an object.', serialize: (value) => value });
