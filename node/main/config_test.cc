#include "node/main/config.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/main/test_mistakes.h"
#include "node/main/test_node.h"

namespace tamga::node {
namespace {

using certs::Role;
using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

// For GOST R 34.10-2012, 256 bits: made by "openssl genpkey -engine gost".
constexpr char kGostKey[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MGYwHwYIKoUDBwEBAQEwEwYHKoUDAgIjAQYIKoUDBwEBAgIDQwAEQBDubWw6cs6J\n"
    "DYuavTA9bgM9HzpjnIDTDeC2GTMna13/teto9LQoZnngD7klMnHP/9cPRejY9k2q\n"
    "PfzOzeyBosY=\n"
    "-----END PUBLIC KEY-----\n";

// A good one, with a key of the partner.
v1::ExtraSeal* AddExtraSeal(TestNode& node) {
  node.Write("gost.pem", kGostKey);
  v1::ExtraSeal* const extra = node.config.add_extra_seals();
  extra->set_algorithm("gost-r-34.10-2012-256");
  extra->set_helper_socket("gost.sock");
  v1::ExtraSealKey* const key = extra->add_keys();
  key->set_agency("KGZ/interior-ministry");
  key->set_public_key_file("gost.pem");
  return extra;
}

TEST(ConfigTest, AnExtraSealIsLoadedWithItsKeys) {
  TestNode node;
  v1::ExtraSeal* const extra = AddExtraSeal(node);
  extra->set_public_key_file("gost.pem");
  extra->add_required_of_states("KGZ");
  ASSERT_OK_AND_ASSIGN(const NodeSetup setup, LoadNodeSetup(node.WriteConfig(), TestNow()));
  ASSERT_THAT(setup.extra_seals.signers, SizeIs(1));
  EXPECT_EQ(setup.extra_seals.signers[0]->algorithm(), "gost-r-34.10-2012-256");
  ASSERT_THAT(setup.extra_seals.accepted, SizeIs(1));
  const certs::ExtraAlgorithm& accepted = setup.extra_seals.accepted[0];
  EXPECT_EQ(accepted.keys.at("KGZ/interior-ministry").begin()->first, setup.extra_seals.signers[0]->key_id());
  EXPECT_EQ(accepted.required_of, std::set<std::string>{"KGZ"});
  EXPECT_EQ(setup.config.extra_seals(0).helper_socket(), node.Path("gost.sock"));
  // What is sealed has both signatures, and the program that makes the second does not run.
  EXPECT_THAT(setup.seal->SignAll("type", "header"), HasReason("SIGNER_UNAVAILABLE"));
}

TEST(ConfigTest, AGoodSetupIsLoadedWithAllThatItNames) {
  TestNode node;
  ASSERT_OK_AND_ASSIGN(const NodeSetup setup, LoadNodeSetup(node.WriteConfig(), TestNow()));
  EXPECT_TRUE(setup.trust->Knows("KAZ"));
  EXPECT_TRUE(setup.trust->Knows("KGZ"));
  EXPECT_EQ(setup.tls.chain_pem, node.Read("tls.pem"));
  EXPECT_EQ(setup.tls.key_pem, node.Read("tls.key"));
  EXPECT_EQ(setup.tls_expires_at, TestNow() + absl::Hours(24));
  EXPECT_EQ(setup.seal->chain().front().NotAfter(), TestNow() + absl::Hours(24));
  EXPECT_EQ(setup.log_seed, std::string(32, 'l'));
  EXPECT_EQ(setup.vault_key, std::string(32, 'v'));
  EXPECT_NE(setup.treaties.set->Find("READMISSION-KAZ-KGZ"), nullptr);
  ASSERT_THAT(setup.partner_logs, SizeIs(1));
  EXPECT_EQ(setup.partner_logs.at("KGZ/interior-ministry").name, "log.interior-ministry.kgz.tamga");
}

TEST(ConfigTest, KeysAreWipedOnceTheyAreInUseAndTheSealGoesOn) {
  TestNode node;
  ASSERT_OK_AND_ASSIGN(NodeSetup setup, LoadNodeSetup(node.WriteConfig(), TestNow()));
  setup.former_vault_key = setup.vault_key;
  WipeKeys(setup);
  EXPECT_EQ(setup.tls.key_pem, "");
  EXPECT_EQ(setup.log_seed, "");
  EXPECT_EQ(setup.vault_key, "");
  EXPECT_EQ(setup.former_vault_key, "");
  EXPECT_EQ(setup.tls.chain_pem, node.Read("tls.pem"));
  EXPECT_OK(setup.seal->Sign("application/octet-stream", "bytes"));
}

TEST(ConfigTest, PathsAreRelativeToTheFilesFolderUnlessTheyAreAbsolute) {
  TestNode node;
  node.config.set_treaties_dir(TAMGA_SOURCE_DIR "/policy/treaties");
  ASSERT_OK_AND_ASSIGN(const NodeSetup setup, LoadNodeSetup(node.WriteConfig(), TestNow()));
  EXPECT_EQ(setup.config.data_dir(), node.Path("data/node"));
  EXPECT_EQ(setup.config.tls().key_file(), node.Path("tls.key"));
  EXPECT_EQ(setup.config.trust_bundles(1).roots_file(), node.Path("KGZ.pem"));
  EXPECT_EQ(setup.config.treaties_dir(), TAMGA_SOURCE_DIR "/policy/treaties");
}

TEST(ConfigTest, TheDataFolderIsMadeForTheOwnerAlone) {
  TestNode node;
  ASSERT_OK(LoadNodeSetup(node.WriteConfig(), TestNow()));
  struct stat info = {};
  ASSERT_EQ(::stat(node.Path("data/node").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST(ConfigTest, TheTlsKeyInUseIsKeptWithTheDataUnlessAnotherFolderIsNamed) {
  TestNode node;
  ASSERT_OK_AND_ASSIGN(const NodeSetup setup, LoadNodeSetup(node.WriteConfig(), TestNow()));
  EXPECT_EQ(setup.config.tls_runtime_dir(), node.Path("data/node/tls"));
  node.config.set_tls_runtime_dir("run/tls");
  ASSERT_OK_AND_ASSIGN(const NodeSetup elsewhere, LoadNodeSetup(node.WriteConfig(), TestNow()));
  EXPECT_EQ(elsewhere.config.tls_runtime_dir(), node.Path("run/tls"));
  struct stat info = {};
  ASSERT_EQ(::stat(node.Path("run/tls").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST(ConfigTest, LimitsThatAreNotSetTakeTheirDefaults) {
  TestNode node;
  node.config.mutable_limits()->set_workers(7);
  ASSERT_OK_AND_ASSIGN(const NodeSetup setup, LoadNodeSetup(node.WriteConfig(), TestNow()));
  EXPECT_EQ(setup.config.limits().workers(), 7u);
  EXPECT_EQ(setup.config.limits().max_message_bytes(), 1u << 20);
  EXPECT_EQ(setup.config.limits().max_call_ms(), 30'000u);
  EXPECT_GT(setup.config.limits().max_descriptors(), 0u);
}

TEST(ConfigTest, TheBoundOnDescriptorsIsHalfOfWhatTheSystemAllowsWhateverTheProcessBeganWith) {
  TestNode node;
  rlimit began_with = {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &began_with), 0);
  rlimit lower = began_with;
  lower.rlim_cur = began_with.rlim_max / 4;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &lower), 0);
  const absl::StatusOr<NodeSetup> setup = LoadNodeSetup(node.WriteConfig(), TestNow());
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &began_with), 0);
  ASSERT_OK(setup);
  EXPECT_EQ(setup->config.limits().max_descriptors(), std::min<rlim_t>(began_with.rlim_max, 1u << 20) / 2);
}

TEST(ConfigTest, ARenewalThatACrashInterruptedIsEndedFirst) {
  TestNode node;
  node.config.mutable_enrolment()->set_authority_address("authority.kz:7411");
  const std::string old_chain = node.Read("tls.pem");
  node.Issue("tls", {kTestAgency, Role::kNode, "main"});
  const std::string new_chain = node.Read("tls.pem");
  node.Write("tls.pem.next", new_chain);
  node.Write("tls.pem", old_chain);  // with the new one's key
  ASSERT_OK_AND_ASSIGN(const NodeSetup setup, LoadNodeSetup(node.WriteConfig(), TestNow()));
  EXPECT_EQ(setup.tls.chain_pem, new_chain);
  EXPECT_EQ(setup.config.enrolment().renew_after_percent(), 66u);
}

TEST(ConfigTest, TextThatCannotBeParsedIsRefusedByLineAndColumn) {
  const std::pair<const char*, const char*> cases[] = {
      {"agency: \"KAZ/border-service\"\nlisten 5\n", ":2:"},
      {"agency: \"KAZ/border-service\"\n\nlisten_to: \"127.0.0.1:1\"\n", ":3:10: "},
      {"agency: \"KAZ/a\"\nagency: \"KAZ/b\"\n", ":2:"},
      {"tls { certificate_file: 5 }", ":1:"},
  };
  TestNode node;
  for (const auto& [text, place] : cases) {
    node.Write("node.txtpb", text);
    const absl::Status status = LoadNodeSetup(node.Path("node.txtpb"), TestNow()).status();
    EXPECT_THAT(status,
                StatusIs(absl::StatusCode::kInvalidArgument, StartsWith(absl::StrCat(node.Path("node.txtpb"), place))));
    EXPECT_THAT(status, HasReason("CONFIG_INVALID"));
  }
}

TEST(ConfigTest, AFileThatIsMissingOrLargerThanOneMebibyteIsRefused) {
  TestNode node;
  EXPECT_THAT(LoadNodeSetup(node.Path("none.txtpb"), TestNow()), StatusIs(absl::StatusCode::kNotFound));
  node.Write("node.txtpb", std::string((1u << 20) + 1, '#'));
  EXPECT_THAT(LoadNodeSetup(node.Path("node.txtpb"), TestNow()), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(ConfigTest, AnEmptyConfigurationIsToldEveryFieldThatItNeeds) {
  TestNode node;
  node.config.Clear();
  const std::vector<std::string> mistakes = MistakesOf(node);
  for (const char* field : {"agency", "listen", "data_dir", "treaties_dir", "tls.certificate_file", "tls.key_file",
                            "seal.certificate_file", "seal.key_file", "log.origin", "log.key_file", "vault_key_file"}) {
    const auto names_it = [&](const std::string& line) { return line.find(absl::StrCat(field, ": ")) == 0; };
    EXPECT_EQ(std::count_if(mistakes.begin(), mistakes.end(), names_it), 1) << field;
  }
  EXPECT_THAT(mistakes, SizeIs(11));
}

TEST(ConfigTest, TwoMistakesGiveTwoLines) {
  TestNode node;
  node.config.set_listen("localhost:7401");
  node.config.mutable_partners(0)->set_address("kgz");
  const std::vector<std::string> mistakes = MistakesOf(node);
  ASSERT_THAT(mistakes, SizeIs(2));
  EXPECT_THAT(mistakes[0], StartsWith("listen: "));
  EXPECT_THAT(mistakes[1], StartsWith("partners[0].address: "));
}

TEST(ConfigTest, EveryMistakeOfATreatyHasItsLine) {
  TestNode node;
  node.Write("treaties/bad.txtpb", "id: \"lower\"\n");
  const std::vector<std::string> mistakes = MistakesOf(node);
  EXPECT_GT(mistakes.size(), 2u);
  for (const std::string& line : mistakes) EXPECT_THAT(line, StartsWith("treaties_dir: bad.txtpb:"));
}

TEST(ConfigTest, CertificatesThatTheOwnStatesRootsDidNotIssueAreRefused) {
  TestNode node;
  SeededRng rng(12);
  ASSERT_OK_AND_ASSIGN(const certs::StateAuthority another, certs::StateAuthority::Create("KAZ", TestNow(), rng));
  node.Write("KAZ.pem", another.RootPem());
  const std::vector<std::string> mistakes = MistakesOf(node);
  ASSERT_THAT(mistakes, SizeIs(2));
  EXPECT_THAT(mistakes[0], AllOf(StartsWith("tls.certificate_file: "), HasSubstr("(CERT_UNTRUSTED)")));
  EXPECT_THAT(mistakes[1], AllOf(StartsWith("seal.certificate_file: "), HasSubstr("(CERT_UNTRUSTED)")));
}

TEST(ConfigTest, WhatSecretFilesHoldIsNeverRepeated) {
  TestNode node;
  const std::string seed = HexEncode(std::string(31, 's'));
  const std::string vault_key = std::string(64, 'X');
  const std::string key_pem = absl::StrReplaceAll(node.Read("tls.key"), {{"PRIVATE KEY", "SECRET KEY"}});
  node.Write("log.key", seed);
  node.Write("vault.key", vault_key);
  node.Write("tls.key", key_pem);
  const std::vector<std::string> mistakes = MistakesOf(node);
  EXPECT_THAT(mistakes, SizeIs(3));
  const std::string key_line = std::vector<std::string>(absl::StrSplit(key_pem, '\n'))[1];
  for (const std::string& line : mistakes) {
    for (const std::string& secret : {seed.substr(0, 8), vault_key.substr(0, 8), key_line.substr(0, 8)}) {
      EXPECT_THAT(line, Not(HasSubstr(secret)));
    }
  }
}

struct Spoilt {
  const char* name;
  std::function<void(TestNode&)> spoil;
  const char* field;
  const char* fix;
};

class SpoiltConfigTest : public testing::TestWithParam<Spoilt> {};

TEST_P(SpoiltConfigTest, IsToldWhichFieldIsWrongAndHowToMendIt) {
  TestNode node;
  GetParam().spoil(node);
  const std::vector<std::string> mistakes = MistakesOf(node);
  ASSERT_THAT(mistakes, SizeIs(1)) << testing::PrintToString(mistakes);
  EXPECT_THAT(mistakes[0], AllOf(StartsWith(absl::StrCat(GetParam().field, ": ")), HasSubstr(GetParam().fix)));
}

const Spoilt kSpoilt[] = {
    {"LogListenWithoutPort", [](TestNode& n) { n.config.set_log_listen("127.0.0.1"); }, "log_listen",
     "such as 127.0.0.1:7401"},
    {"ExtraSealOfAnUnknownAlgorithm", [](TestNode& n) { n.config.add_extra_seals()->set_algorithm("ed25519"); },
     "extra_seals[0].algorithm", "must be gost-r-34.10-2012-256 or gost-r-34.10-2012-512"},
    {"ExtraSealTwice",
     [](TestNode& n) {
       AddExtraSeal(n);
       AddExtraSeal(n);
     },
     "extra_seals[1].algorithm", "put its keys into one"},
    {"ExtraSealWithoutHelper", [](TestNode& n) { AddExtraSeal(n)->clear_helper_socket(); },
     "extra_seals[0].helper_socket", "name the socket"},
    {"ExtraSealSocketTooLong", [](TestNode& n) { AddExtraSeal(n)->set_helper_socket("/" + std::string(107, 's')); },
     "extra_seals[0].helper_socket", "nearer to the root"},
    {"ExtraSealKeyMissing", [](TestNode& n) { AddExtraSeal(n)->set_public_key_file("none.pem"); },
     "extra_seals[0].public_key_file", "put it there or correct the path"},
    {"ExtraSealKeyOfAnotherAlgorithm", [](TestNode& n) { AddExtraSeal(n)->set_algorithm("gost-r-34.10-2012-512"); },
     "extra_seals[0].keys[0].public_key_file", "openssl pkey"},
    {"ExtraSealKeyOfNobody", [](TestNode& n) { AddExtraSeal(n)->mutable_keys(0)->set_agency("KGZ"); },
     "extra_seals[0].keys[0].agency", "must name an agency"},
    {"ExtraSealKeyWithoutFile", [](TestNode& n) { AddExtraSeal(n)->mutable_keys(0)->clear_public_key_file(); },
     "extra_seals[0].keys[0].public_key_file", "public key"},
    {"ExtraSealOfNoState", [](TestNode& n) { AddExtraSeal(n)->add_required_of_states("kgz"); },
     "extra_seals[0].required_of_states", "such as KGZ"},
    {"ExtraSealOfAPartnerWithoutKey",
     [](TestNode& n) {
       v1::ExtraSeal* const extra = AddExtraSeal(n);
       extra->add_required_of_states("KGZ");
       extra->mutable_keys(0)->set_agency("UZB/border-service");
     },
     "extra_seals[0].required_of_states", "add it to keys"},
    {"ListenWithoutPort", [](TestNode& n) { n.config.set_listen("127.0.0.1"); }, "listen", "such as 127.0.0.1:7401"},
    {"DataDirIsAFile", [](TestNode& n) { n.config.set_data_dir("tls.pem"); }, "data_dir", "cannot"},
    {"TlsRuntimeDirIsAFile", [](TestNode& n) { n.config.set_tls_runtime_dir("tls.pem"); }, "tls_runtime_dir", "cannot"},
    {"TlsRuntimeDirIsTheData", [](TestNode& n) { n.config.set_tls_runtime_dir(n.config.data_dir()); },
     "tls_runtime_dir", "name a folder of its own"},
    {"TlsRuntimeDirWritableByOthers",
     [](TestNode& n) {
       std::filesystem::create_directory(n.Path("runtime"));
       std::filesystem::permissions(n.Path("runtime"), std::filesystem::perms::all);
       n.config.set_tls_runtime_dir("runtime");
     },
     "tls_runtime_dir", "run: chmod 700"},
    {"TreatiesDirMissing", [](TestNode& n) { n.config.set_treaties_dir("none"); }, "treaties_dir",
     "put it there or correct the path"},
    {"TreatiesDirEmpty",
     [](TestNode& n) {
       n.config.set_treaties_dir("laws");
       n.Write("laws/readme.txt", "The treaties are elsewhere.");
     },
     "treaties_dir", "put at least one *.txtpb file there"},
    {"ActAltered",
     [](TestNode& n) {
       const std::string act = "treaties/registers/KGZ/0001.txtpb";
       n.Write(act, n.Read(act) + " ");
     },
     "treaties_dir", "act 1 of KGZ"},
    {"ActUnsigned", [](TestNode& n) { std::filesystem::remove(n.Path("treaties/registers/KGZ/0001.sig")); },
     "treaties_dir", "sign it with: tamga treaty sign"},
    {"OfficeOfAnotherState",
     [](TestNode& n) { n.config.mutable_trust_bundles(1)->set_treaty_office_file("treaties/offices/KAZ.txtpb"); },
     "trust_bundles[1].treaty_office_file", "name that of KGZ"},
    {"OfficeMissing", [](TestNode& n) { n.config.mutable_trust_bundles(1)->set_treaty_office_file("none.txtpb"); },
     "trust_bundles[1].treaty_office_file", "put it there or correct the path"},
    {"CertificateMissing", [](TestNode& n) { n.config.mutable_tls()->set_certificate_file("none.pem"); },
     "tls.certificate_file", "put it there or correct the path"},
    {"CertificateIsNoPem", [](TestNode& n) { n.Write("tls.pem", "hello"); }, "tls.certificate_file", "issued again"},
    {"CertificateExpired",
     [](TestNode& n) {
       n.Issue("tls", {kTestAgency, Role::kNode, "main"}, absl::Hours(1), TestNow() - absl::Hours(2));
     },
     "tls.certificate_file", "(CERT_EXPIRED); have the State's authority issue one for KAZ/border-service, role node"},
    {"CertificateNotYetValid",
     [](TestNode& n) {
       n.Issue("seal", {kTestAgency, Role::kSeal, "main"}, absl::Hours(1), TestNow() + absl::Hours(2));
     },
     "seal.certificate_file", "(CERT_NOT_YET_VALID); have"},
    {"CertificateOfAnotherAgency",
     [](TestNode& n) {
       n.Issue("tls", {"KAZ/interior-ministry", Role::kNode, "main"});
     },
     "tls.certificate_file", "must be for KAZ/border-service, role node"},
    {"CertificateOfAnotherRole",
     [](TestNode& n) {
       n.Issue("tls", {kTestAgency, Role::kSystem, "main"});
     },
     "tls.certificate_file", "must be for KAZ/border-service, role node"},
    {"SealWithANodesCertificate",
     [](TestNode& n) {
       n.Issue("seal", {kTestAgency, Role::kNode, "main"});
     },
     "seal.certificate_file", "must be for KAZ/border-service, role seal"},
    {"IssuerMissingInChain",
     [](TestNode& n) {
       const std::string chain = n.Read("tls.pem");
       n.Write("tls.pem", chain.substr(0, chain.find("-----BEGIN", 10)));
     },
     "tls.certificate_file", "(CERT_UNTRUSTED); have"},
    {"KeyMissing", [](TestNode& n) { n.config.mutable_seal()->set_key_file("none.key"); }, "seal.key_file",
     "put it there or correct the path"},
    {"KeyReadableByOthers", [](TestNode& n) { n.Write("tls.key", n.Read("tls.key"), 0640); }, "tls.key_file",
     "run: chmod 600"},
    {"KeyIsNoPem", [](TestNode& n) { n.Write("tls.key", "hello"); }, "tls.key_file", "must be one P-256 key, PKCS#8"},
    {"KeyOfAnotherCertificate", [](TestNode& n) { n.Write("tls.key", n.Read("seal.key")); }, "tls.key_file",
     "name the two that were issued together"},
    {"OriginWithSpace", [](TestNode& n) { n.config.mutable_log()->set_origin("my log"); }, "log.origin",
     "without spaces"},
    {"OriginWithPlus", [](TestNode& n) { n.config.mutable_log()->set_origin("log+1"); }, "log.origin", "'+'"},
    {"OriginTooLong", [](TestNode& n) { n.config.mutable_log()->set_origin(std::string(256, 'a')); }, "log.origin",
     "1 to 255"},
    {"OriginWithScheme", [](TestNode& n) { n.config.mutable_log()->set_origin("https://log.kaz.tamga"); }, "log.origin",
     "a URL without one"},
    {"LogKeyInCapitals", [](TestNode& n) { n.Write("log.key", std::string(64, 'A')); }, "log.key_file",
     "64 lower-case hexadecimal digits"},
    {"LogKeyTooLong", [](TestNode& n) { n.Write("log.key", std::string(66, 'a')); }, "log.key_file",
     "64 lower-case hexadecimal digits"},
    {"LogKeyReadableByOthers", [](TestNode& n) { n.Write("log.key", std::string(64, 'a'), 0604); }, "log.key_file",
     "run: chmod 600"},
    {"VaultKeyTooShort", [](TestNode& n) { n.Write("vault.key", std::string(62, 'a')); }, "vault_key_file",
     "64 lower-case hexadecimal digits"},
    {"VaultKeyIsTheLogKey", [](TestNode& n) { n.Write("vault.key", n.Read("log.key")); }, "vault_key_file",
     "a key of its own"},
    {"FormerVaultKeyMissing", [](TestNode& n) { n.config.set_former_vault_key_file("nowhere"); },
     "former_vault_key_file", "nowhere"},
    {"BackupWithoutFolder", [](TestNode& n) { n.config.mutable_backup()->set_keep_days(3); }, "backup.folder",
     "name a folder on another disk"},
    {"BackupIntoTheData", [](TestNode& n) { n.config.mutable_backup()->set_folder(n.config.data_dir()); },
     "backup.folder", "is data_dir itself"},
    {"BackupTooSeldom",
     [](TestNode& n) {
       n.config.mutable_backup()->set_folder("backups");
       n.config.mutable_backup()->set_interval_hours(169);
     },
     "backup.interval_hours", "must be 1 to 168, or 0 for 24"},
    {"BackupKeptTooLong",
     [](TestNode& n) {
       n.config.mutable_backup()->set_folder("backups");
       n.config.mutable_backup()->set_keep_days(3'651);
     },
     "backup.keep_days", "must be 1 to 3650, or 0 for 30"},
    {"EnrolmentWithoutAuthority", [](TestNode& n) { n.config.mutable_enrolment(); }, "enrolment.authority_address",
     "name the address of the State's issuing authority"},
    {"EnrolmentAddressWithoutPort",
     [](TestNode& n) { n.config.mutable_enrolment()->set_authority_address("authority.kz"); },
     "enrolment.authority_address", "host:port"},
    {"RenewedTooLate",
     [](TestNode& n) {
       n.config.mutable_enrolment()->set_authority_address("authority.kz:7411");
       n.config.mutable_enrolment()->set_renew_after_percent(91);
     },
     "enrolment.renew_after_percent", "must be 1 to 90, or 0 for 66"},
    {"SealKeyIsTheTlsKey", [](TestNode& n) { n.IssueSealForTlsKey(); }, "seal.key_file",
     "the seal needs a key of its own"},
    {"OwnStateWithoutBundle",
     [](TestNode& n) {
       n.config.mutable_trust_bundles()->DeleteSubrange(0, 1);
       n.config.clear_auditor_agencies();
     },
     "trust_bundles", "add { state: \"KAZ\""},
    {"BundleOfNoState",
     [](TestNode& n) {
       n.config.add_trust_bundles()->set_state("kgz");
       n.config.mutable_trust_bundles(2)->set_roots_file("KGZ.pem");
     },
     "trust_bundles[2].state", "ISO 3166 alpha-3"},
    {"BundleTwice", [](TestNode& n) { *n.config.add_trust_bundles() = n.config.trust_bundles(1); },
     "trust_bundles[2].state", "put all its roots into one file"},
    {"BundleFileMissing", [](TestNode& n) { n.config.mutable_trust_bundles(1)->set_roots_file("none.pem"); },
     "trust_bundles[1].roots_file", "put it there or correct the path"},
    {"BundleOfALeaf", [](TestNode& n) { n.Write("KGZ.pem", n.Read("tls.pem")); }, "trust_bundles[1].roots_file",
     "ask the State's authority"},
    {"BundleWithAnotherStatesRoot", [](TestNode& n) { n.Write("KGZ.pem", n.Read("KGZ.pem") + n.Read("KAZ.pem")); },
     "trust_bundles[1].roots_file",
     "the bundle of KGZ holds a root that names KAZ; it belongs into the bundle of KAZ; ask the State's authority"},
    {"PartnerIsNoAgency", [](TestNode& n) { n.config.mutable_partners(0)->set_agency("kyrgyzstan"); },
     "partners[0].agency", "such as KAZ/border-service"},
    {"PartnerIsTheNodeItself", [](TestNode& n) { n.config.mutable_partners(0)->set_agency(kTestAgency); },
     "partners[0].agency", "name other agencies only"},
    {"PartnerOfAStateWithoutBundle",
     [](TestNode& n) { n.config.mutable_partners(0)->set_agency("UZB/interior-ministry"); }, "partners[0].agency",
     "add its bundle to trust_bundles"},
    {"PartnerTwice",
     [](TestNode& n) {
       v1::Partner& twin = *n.config.add_partners();
       twin = TestPartner();
       twin.set_log_vkey(VkeyOf("log.another.kgz.tamga"));
     },
     "partners[1].agency", "an agency has one node"},
    {"PartnerAddressWithPort0", [](TestNode& n) { n.config.mutable_partners(0)->set_address("kgz:0"); },
     "partners[0].address", "a port of 1 to 65535"},
    {"PartnerLogKeyMissing", [](TestNode& n) { n.config.mutable_partners(0)->clear_log_vkey(); },
     "partners[0].log_vkey", "ask the partner"},
    {"PartnerLogKeyDamaged", [](TestNode& n) { n.config.mutable_partners(0)->mutable_log_vkey()->front() = 'L'; },
     "partners[0].log_vkey", "copy the partner's key as it gave it"},
    {"PartnerLogHasTheOwnLogsName",
     [](TestNode& n) { n.config.mutable_log()->set_origin("log.interior-ministry.kgz.tamga"); }, "partners[0].log_vkey",
     "a name of its own"},
    {"AuditorIsNoAgency", [](TestNode& n) { n.config.add_auditor_agencies("auditor"); }, "auditor_agencies[1]",
     "such as KAZ/border-service"},
    {"AuditorOfAStateWithoutBundle", [](TestNode& n) { n.config.add_auditor_agencies("RUS/prosecutor-general"); },
     "auditor_agencies[1]", "add its bundle to trust_bundles"},
    {"AuditorTwice", [](TestNode& n) { n.config.add_auditor_agencies("KAZ/prosecutor-general"); },
     "auditor_agencies[1]", "name it once"},
    {"LimitOutOfRange", [](TestNode& n) { n.config.mutable_limits()->set_max_message_bytes(5u << 20); },
     "limits.max_message_bytes", "must be 65536 to 4194304, or 0 for 1048576"},
};

INSTANTIATE_TEST_SUITE_P(AllFields, SpoiltConfigTest, testing::ValuesIn(kSpoilt),
                         [](const testing::TestParamInfo<Spoilt>& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace tamga::node
