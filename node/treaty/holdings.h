// What a node holds of treaties, as it tells other nodes, and what another lacks of it.
#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "node/treaty/treaty_library.h"
#include "tamga/v1/treaty_exchange.pb.h"

namespace tamga::treaty {

// Most bytes of a bundle that travels. A sealed payload may have 768 KiB, of which the envelope and receipt take a
// little; a text longer than this is handed over as a file.
inline constexpr size_t kMostBundleBytes = 640u << 10;
// Most texts in it: each is proved before it is taken over, which takes time.
inline constexpr size_t kMostBundleTexts = 32;

// A head for each State whose office is known, also of an empty register: only of these does the node want acts. The
// hashes of all texts.
v1::TreatyHoldings HoldingsOf(const TreatySources& sources, const Offices& offices);

// SHA-256 (32 bytes) over heads and hashes, whatever their order: LogEntry.policy_sha256.
std::string DigestOf(const v1::TreatyHoldings& holdings);

// What is to be sent, and whether there is more than fits.
struct Lack {
  v1::TreatyBundle bundle;
  bool more = false;
};

// What `theirs` lacks of `sources`, up to `max_bytes` and kMostBundleTexts: first each State's acts in their order,
// each together with the text that it is about, so that no number of texts keeps the law from getting through; then all
// other texts. Acts only of States that `theirs` names; of a register that has another act there than here, only that
// act, so that they see the contradiction. A text that is longer than `max_bytes` is left out, and its act with all
// after it.
Lack LackOf(const TreatySources& sources, const v1::TreatyHoldings& theirs, size_t max_bytes);

// Notes that the bundle is held as well.
void AddToHoldings(const v1::TreatyBundle& bundle, v1::TreatyHoldings* holdings);

// SHA-256 (32 bytes) of every text that an act signs, ratifies or adopts.
std::set<std::string> NamedTexts(const std::map<std::string, policy::Register>& registers);

// The text that an instrument signs, ratifies or adopts; nullptr if it does nothing of the kind.
const v1::DocumentReference* NamedText(const v1::Instrument& instrument);

}  // namespace tamga::treaty
