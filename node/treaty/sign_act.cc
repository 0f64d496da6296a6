#include "node/treaty/sign_act.h"

#include <algorithm>
#include <utility>

#include "node/base/encoding.h"
#include "policy/act.h"

namespace tamga::treaty {

bool CheckActSignature(absl::string_view key, absl::string_view message, absl::string_view signature) {
  const absl::StatusOr<std::string> key_bytes = HexDecode(key);
  const absl::StatusOr<std::string> signature_bytes = HexDecode(signature);
  return key_bytes.ok() && signature_bytes.ok() && certs::VerifyEd25519(*key_bytes, message, *signature_bytes);
}

v1::SignedAct NextAct(const std::string& state, const policy::RegisterHead& head, std::string instrument) {
  v1::SignedAct act;
  act.set_state(state);
  act.set_number(head.number + 1);
  act.set_previous_sha256(head.sha256);
  act.set_instrument(std::move(instrument));
  return act;
}

void SignAct(const certs::Ed25519Key& key, v1::SignedAct* act) {
  const std::string name = HexEncode(key.public_key());
  auto& signatures = *act->mutable_signatures();
  const auto own = std::find_if(signatures.begin(), signatures.end(),
                                [&](const v1::ActSignature& signature) { return signature.key() == name; });
  v1::ActSignature& signature = own == signatures.end() ? *act->add_signatures() : *own;
  signature.set_key(name);
  signature.set_value(HexEncode(key.Sign(policy::ActMessage(*act))));
}

}  // namespace tamga::treaty
