#include "policy/act_fixture.h"

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"

namespace tamga::policy {
namespace {

std::string SignatureOf(absl::string_view key, absl::string_view message) {
  return HexEncode(absl::StrCat(HmacSha256(key, message), HmacSha256(key, absl::StrCat(message, "again"))));
}

}  // namespace

std::string KeyNamed(absl::string_view name) { return HexEncode(Sha256(name)); }

v1::TreatyOffice OfficeOf(absl::string_view state, const std::vector<std::string>& key_names, uint32_t threshold) {
  v1::TreatyOffice office;
  office.set_state(std::string(state));
  for (const std::string& name : key_names) office.add_keys(KeyNamed(name));
  office.set_threshold(threshold);
  return office;
}

bool IsSignature(absl::string_view key, absl::string_view message, absl::string_view signature) {
  return signature == SignatureOf(key, message);
}

void SignBy(absl::string_view key_name, v1::SignedAct* act) {
  v1::ActSignature* signature = act->add_signatures();
  signature->set_key(KeyNamed(key_name));
  signature->set_value(SignatureOf(signature->key(), ActMessage(*act)));
}

v1::SignedAct NextAct(const RegisterHead& head, absl::string_view state, absl::string_view instrument,
                      const std::vector<std::string>& key_names) {
  v1::SignedAct act;
  act.set_state(std::string(state));
  act.set_number(head.number + 1);
  act.set_previous_sha256(head.sha256);
  act.set_instrument(std::string(instrument));
  for (const std::string& name : key_names) SignBy(name, &act);
  return act;
}

}  // namespace tamga::policy
