/**
 * Autonomous systems of hosting and cloud companies, by the numbers that the regional registries list for them
 * (https://ftp.ripe.net/ripe/asnames/asn.txt gives number and holder). Largest first; the words below catch the rest.
 */
const NUMBERS: ReadonlySet<number> = new Set([
  // Amazon, Google Cloud, Microsoft, Oracle, IBM, Alibaba, Tencent, Huawei Cloud
  16509, 14618, 8987, 396982, 8075, 8069, 31898, 36351, 45102, 37963, 132203, 45090, 136907, 55990,
  // DigitalOcean, OVH, Hetzner, Linode, Vultr, Scaleway, Contabo, IONOS, Leaseweb
  14061, 62567, 16276, 24940, 213230, 63949, 20473, 12876, 51167, 40021, 8560, 60781, 28753, 30633, 395954,
  // Hostinger, GoDaddy, Namecheap, Rackspace, Aruba, Strato, UpCloud, Kamatera, netcup, Worldstream
  47583, 26496, 398101, 22612, 33070, 19994, 27357, 31034, 6724, 202053, 36007, 197540, 49981,
  // M247, DataCamp, Psychz, QuadraNet, ColoCrossing, HostRoyale, Clouvider, G-Core, Selectel, Timeweb
  9009, 60068, 212238, 40676, 8100, 36352, 203020, 62240, 199524, 49505, 9123,
])

/** Words that access networks do not have in their names; `host` alone would meet people's own companies. */
const WORDS =
  /\b(?:hosting|hoster|data ?cent(?:er|re)s?|dedicated servers?|vps|colo(?:cation|crossing)?|cloud(?: (?:computing|services?|hosting))?|server(?:s|mania| farm)?|web ?services|datacamp|ovh|hetzner|linode|digitalocean|leaseweb|contabo|vultr|choopa|m247)\b/i

/**
 * Whether addresses of a network belong to servers rather than people.
 * @param asn NaN or 0 when unknown. @param organization the holder's name; '' when unknown.
 */
export function isHostingNetwork(asn: number, organization: string): boolean {
  return NUMBERS.has(asn) || WORDS.test(organization)
}
