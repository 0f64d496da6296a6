#include "node/main/test_node.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/certificate_builder.h"
#include "certs/ed25519.h"
#include "certs/p256.h"
#include "certs/profile.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "node/base/check.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/rng.h"
#include "node/ledger/note.h"
#include "node/treaty/test_treaties.h"

namespace tamga::node {
namespace {

template <typename T>
T Must(absl::StatusOr<T> result) {
  TAMGA_CHECK(result.ok());
  return *std::move(result);
}

SeededRng& TestRng() {
  static SeededRng rng(11);
  return rng;
}

}  // namespace

absl::Time TestNow() { return absl::FromCivil(absl::CivilDay(2026, 11, 23), absl::UTCTimeZone()); }

const certs::StateAuthority& AuthorityOf(absl::string_view state) {
  static auto& authorities = *new std::map<std::string, certs::StateAuthority>;
  const auto found = authorities.find(std::string(state));
  if (found != authorities.end()) return found->second;
  certs::StateAuthority made = Must(certs::StateAuthority::Create(state, TestNow() - absl::Hours(24 * 30), TestRng()));
  return authorities.emplace(std::string(state), std::move(made)).first->second;
}

TestNode::TestNode() : folder_(absl::StrCat(testing::TempDir(), "node.XXXXXX")) {
  TAMGA_CHECK(::mkdtemp(folder_.data()) != nullptr);
  TAMGA_CHECK(MakeFolder(Path("laws")).ok());
  TAMGA_CHECK(treaty::SignRepositoryTreaties(TAMGA_SOURCE_DIR "/policy", Path("treaties"), {"KAZ", "KGZ"},
                                             {"readmission-kaz-kgz.txtpb"})
                  .ok());
  Issue("tls", {kTestAgency, certs::Role::kNode, "main"});
  Issue("seal", {kTestAgency, certs::Role::kSeal, "main"});
  Write("log.key", HexEncode(std::string(32, 'l')));
  Write("vault.key", absl::StrCat(HexEncode(std::string(32, 'v')), "\n"));

  config.set_agency(kTestAgency);
  config.set_listen("127.0.0.1:0");
  config.set_data_dir("data/node");
  config.set_treaties_dir("treaties");
  config.mutable_tls()->set_certificate_file("tls.pem");
  config.mutable_tls()->set_key_file("tls.key");
  config.mutable_seal()->set_certificate_file("seal.pem");
  config.mutable_seal()->set_key_file("seal.key");
  config.mutable_log()->set_origin("log.border-service.kaz.tamga");
  config.mutable_log()->set_key_file("log.key");
  config.set_vault_key_file("vault.key");
  for (const char* state : {"KAZ", "KGZ"}) {
    v1::TrustBundle& bundle = *config.add_trust_bundles();
    bundle.set_state(state);
    bundle.set_roots_file(absl::StrCat(state, ".pem"));
    bundle.set_treaty_office_file(absl::StrCat("treaties/offices/", state, ".txtpb"));
    Write(bundle.roots_file(), AuthorityOf(state).RootPem(), 0644);
  }
  *config.add_partners() = TestPartner();
  config.add_auditor_agencies("KAZ/prosecutor-general");
}

TestNode::~TestNode() { std::filesystem::remove_all(folder_); }

void TestNode::Write(const std::string& name, absl::string_view content, unsigned mode) {
  // Not tamga::WriteFile: these files need not survive a crash, and syncing them takes most of a test's time.
  const std::string path = Path(name);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << content;
  file.close();
  TAMGA_CHECK(file.good() && ::chmod(path.c_str(), mode) == 0);
}

std::string TestNode::Read(const std::string& name) const { return Must(ReadFile(Path(name))); }

std::string TestNode::Path(const std::string& name) const { return ResolvePath(folder_, name); }

void TestNode::Issue(const std::string& name, const certs::Principal& principal, absl::Duration lifetime,
                     absl::Time now) {
  const certs::KeyAndCertificate issued =
      Must(AuthorityOf(principal.State()).Issue(principal, lifetime, now, TestRng()));
  Write(absl::StrCat(name, ".pem"), issued.chain_pem, 0644);
  Write(absl::StrCat(name, ".key"), issued.key_pem);
}

void TestNode::IssueSealForTlsKey() {
  const certs::StateAuthority::Files files = Must(AuthorityOf("KAZ").Save());
  const certs::CertificateChain issuing = Must(certs::ParsePemChain(files.issuing_pem));
  const certs::EvpPkeyPtr issuing_key = Must(certs::ParsePrivateKeyPem(files.issuing_key_pem));
  const certs::EvpPkeyPtr key = Must(certs::ParsePrivateKeyPem(Read("tls.key")));
  const certs::Principal seal = {kTestAgency, certs::Role::kSeal, "main"};
  const certs::CertificateSpec spec = {kTestAgency,
                                       "",
                                       TestNow(),
                                       TestNow() + absl::Hours(1),
                                       {{NID_basic_constraints, "critical,CA:FALSE"},
                                        {NID_key_usage, "critical,digitalSignature"},
                                        {NID_ext_key_usage, absl::StrCat("critical,", certs::kSealKeyPurpose)},
                                        {NID_subject_alt_name, absl::StrCat("URI:", seal.SpiffeId())}}};
  const certs::Certificate leaf = Must(certs::BuildCertificate(spec, *key, &issuing.front(), *issuing_key, TestRng()));
  Write("seal.pem", absl::StrCat(leaf.Pem(), files.issuing_pem), 0644);
  Write("seal.key", Read("tls.key"));
}

std::string TestNode::WriteConfig() {
  std::string text;
  TAMGA_CHECK(google::protobuf::TextFormat::PrintToString(config, &text));
  Write("node.txtpb", text, 0644);
  return Path("node.txtpb");
}

v1::Partner TestPartner() {
  v1::Partner partner;
  partner.set_agency("KGZ/interior-ministry");
  partner.set_address("node.interior-ministry.kg:7401");
  partner.set_log_vkey(VkeyOf("log.interior-ministry.kgz.tamga"));
  return partner;
}

std::string VkeyOf(const std::string& log_name) {
  const certs::Ed25519Key key = Must(certs::Ed25519Key::FromSeed(std::string(32, 'p')));
  return ledger::FormatVkey({log_name, key.public_key()});
}

}  // namespace tamga::node
