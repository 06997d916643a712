/** Which addresses a request may go to. */
import { lookup as resolveName } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** The address belongs to a private network, to this machine, or to what clouds keep for themselves. */
export class AddressRefusedError extends Error {
  readonly code = 'address_refused';
  readonly transient = false;
  constructor(host: string) {
    super(`"${host}" is an address of a private network or of this machine. BATON_HTTP_ALLOW can allow it.`);
    this.name = 'AddressRefusedError';
  }
}

const privateAddresses = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  privateAddresses.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['100::', 64],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  privateAddresses.addSubnet(network, prefix, 'ipv6');
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** @param allow hosts by name, and networks such as `10.1.0.0/16`, that may be reached although they are private. */
export function createAddressCheck(allow: readonly string[]) {
  const names = new Set<string>();
  const networks = new BlockList();
  for (const entry of allow) {
    const [network = '', prefix] = entry.split('/');
    if (isIP(network) === 0) names.add(entry.toLowerCase());
    else if (prefix === undefined) networks.addAddress(network, familyOf(network));
    else networks.addSubnet(network, Number(prefix), familyOf(network));
  }
  const mayReach = (host: string, address: string): boolean => {
    const family = familyOf(address);
    return names.has(host.toLowerCase()) || networks.check(address, family) || !privateAddresses.check(address, family);
  };
  /** Resolves a name to addresses that were checked: what is connected to is one of these. */
  const lookup: LookupFunction = (host, options, callback) => {
    resolveName(host, { all: true, family: options.family ?? 0 } as { all: true }).then(
      (found) => {
        const refused = found.find(({ address }) => !mayReach(host, address));
        const [first] = found;
        if (refused || !first) callback(new AddressRefusedError(host), '', 0);
        else if (options.all) callback(null, found);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
  return {
    lookup,
    /** @throws AddressRefusedError for a literal address that may not be reached. Names are checked when resolved. */
    assertHost: (host: string): void => {
      const address = host.replace(/^\[|\]$/g, '');
      if (isIP(address) !== 0 && !mayReach(address, address)) throw new AddressRefusedError(host);
    },
  };
}
