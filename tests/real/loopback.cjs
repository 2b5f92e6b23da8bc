// node --require loopback.cjs SERVER: a server that names no host listens on 127.0.0.1, not on every address.
const net = require('net');

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...given) {
  const [first, second] = given;
  if (first !== null && typeof first === 'object' && 'port' in first) given[0] = { ...first, host: '127.0.0.1' };
  else if (/^\d+$/.test(String(first))) given.splice(1, typeof second === 'string' ? 1 : 0, '127.0.0.1');
  return listen.apply(this, given);
};
