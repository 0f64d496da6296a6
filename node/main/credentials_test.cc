#include "node/main/credentials.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/main/test_node.h"

namespace tamga::node {
namespace {

using certs::Role;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

using Trigger = Credentials::Trigger;

// A node's credentials as they were loaded at its start, and what happens to them.
class CredentialsTest : public ::testing::Test {
 protected:
  CredentialsTest() : setup_(*LoadNodeSetup(node_.WriteConfig(), TestNow())), trust_(setup_.trust), seal_(setup_.seal) {
    auto material = exchange::TlsMaterial::Open(setup_.config.tls_runtime_dir(), setup_.tls);
    EXPECT_OK(material);
    material_ = *std::move(material);
    credentials_ = std::make_unique<Credentials>(CredentialParts{setup_.config,
                                                                 trust_,
                                                                 clock_,
                                                                 *material_,
                                                                 seal_,
                                                                 {},
                                                                 [this](const exchange::TlsIdentity& next) {
                                                                   told_.push_back(next.chain_pem);
                                                                   return tls_answer_;
                                                                 },
                                                                 [this](const certs::Seal& next) {
                                                                   logged_.push_back(next.chain().front().SpkiSha256());
                                                                   while_logging_();
                                                                   return seal_answer_;
                                                                 },
                                                                 [this] { return roots_until_; }},
                                                 setup_.tls);
  }

  // As the watch does for as long as nobody touches the files.
  void CheckTwice() {
    credentials_->Check(Trigger::kTime);
    credentials_->Check(Trigger::kTime);
  }
  void Renew(const std::string& name, absl::Duration lifetime = absl::Hours(48)) {
    node_.Issue(name, {kTestAgency, name == "tls" ? Role::kNode : Role::kSeal, "main"}, lifetime, clock_.Now());
  }
  // What gRPC is given to show.
  std::string ShownChain() const { return ReadFile(setup_.config.tls_runtime_dir() + "/current/chain.pem").value(); }
  std::string ShownKey() const { return ReadFile(setup_.config.tls_runtime_dir() + "/current/key.pem").value(); }
  std::string SealKeyId() const { return seal_.Get()->chain().front().SpkiSha256(); }

  ManualClock clock_{TestNow()};
  TestNode node_;
  const NodeSetup setup_;
  certs::CurrentTrust trust_;
  certs::CurrentSeal seal_;
  std::unique_ptr<exchange::TlsMaterial> material_;
  absl::Status tls_answer_;
  absl::Status seal_answer_;
  std::map<std::string, absl::Time> roots_until_;  // by SHA-256
  std::vector<std::string> told_;
  std::vector<std::string> logged_;  // key ids
  std::function<void()> while_logging_ = [] {};
  std::unique_ptr<Credentials> credentials_;
};

TEST_F(CredentialsTest, FilesThatStayAsTheyAreChangeNothing) {
  CheckTwice();
  EXPECT_EQ(ShownChain(), setup_.tls.chain_pem);
  EXPECT_EQ(seal_.Get(), setup_.seal);
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_THAT(logged_, IsEmpty());
  EXPECT_THAT(credentials_->refused(), IsEmpty());
}

TEST_F(CredentialsTest, ARootEndsOnTheDayThatAnActOfItsStateNames) {
  const certs::Certificate root = trust_.Get()->RootsOf("KGZ").front();
  const auto dated = [&] {
    for (const DatedCertificate& certificate : credentials_->Certificates()) {
      if (certificate.sha256 == Sha256(root.Der())) return certificate;
    }
    return DatedCertificate();
  };
  EXPECT_EQ(dated().validity.not_after, root.NotAfter());
  EXPECT_FALSE(dated().by_act);
  roots_until_[Sha256(root.Der())] = TestNow() + absl::Hours(24);
  EXPECT_EQ(dated().validity.not_after, TestNow() + absl::Hours(24));
  EXPECT_TRUE(dated().by_act);
  EXPECT_EQ(LevelOf(dated(), TestNow() + absl::Hours(23)), ExpiryLevel::kAlarm);
  // A day after the certificate's own end changes nothing.
  roots_until_[Sha256(root.Der())] = root.NotAfter() + absl::Hours(24);
  EXPECT_EQ(dated().validity.not_after, root.NotAfter());
  EXPECT_FALSE(dated().by_act);
}

TEST_F(CredentialsTest, ANewTlsPairIsTakenOverAtOnceAndTheSealStays) {
  Renew("tls");
  credentials_->Check(Trigger::kTime);
  EXPECT_EQ(ShownChain(), node_.Read("tls.pem"));
  EXPECT_EQ(ShownKey(), node_.Read("tls.key"));
  EXPECT_THAT(told_, ElementsAre(node_.Read("tls.pem")));
  EXPECT_EQ(seal_.Get(), setup_.seal);
  credentials_->Check(Trigger::kTime);
  EXPECT_THAT(told_, SizeIs(1));
}

TEST_F(CredentialsTest, ANewSealIsOnRecordBeforeItIsUsed) {
  const std::string before = SealKeyId();
  Renew("seal");
  seal_answer_ = absl::UnavailableError("the log is full");
  CheckTwice();
  EXPECT_EQ(SealKeyId(), before);
  EXPECT_THAT(credentials_->refused(), ElementsAre("the log is full"));

  seal_answer_ = absl::OkStatus();
  credentials_->Check(Trigger::kTime);
  const std::string next = SealKeyId();
  EXPECT_NE(next, before);
  EXPECT_EQ(logged_.back(), next);
  EXPECT_THAT(credentials_->refused(), IsEmpty());
  EXPECT_EQ(ShownChain(), setup_.tls.chain_pem);
}

TEST_F(CredentialsTest, WhoHoldsTheOldSealCanStillSealWithIt) {
  const std::shared_ptr<const certs::Seal> under_way = seal_.Get();
  Renew("seal");
  credentials_->Check(Trigger::kTime);
  ASSERT_OK_AND_ASSIGN(const v1::Signature signature, under_way->Sign(certs::kReplyType, "header"));
  EXPECT_NE(signature.key_id(), SealKeyId());
}

TEST_F(CredentialsTest, WhatShowsTlsElsewhereIsTriedAgainUntilItShowsTheNewOne) {
  Renew("tls");
  tls_answer_ = absl::FailedPreconditionError("not now");
  CheckTwice();
  EXPECT_THAT(told_, SizeIs(2));
  EXPECT_THAT(credentials_->refused(), ElementsAre("not now"));
  tls_answer_ = absl::OkStatus();
  CheckTwice();
  EXPECT_THAT(told_, SizeIs(3));
  EXPECT_THAT(credentials_->refused(), IsEmpty());
}

TEST_F(CredentialsTest, APairThatIsHalfWrittenIsNoMistakeYetAndIsTakenOverOnceItIsWhole) {
  TestNode other;
  other.Issue("tls", {kTestAgency, Role::kNode, "main"});
  node_.Write("tls.pem", other.Read("tls.pem"), 0644);
  credentials_->Check(Trigger::kTime);
  EXPECT_THAT(credentials_->refused(), IsEmpty());
  EXPECT_EQ(ShownChain(), setup_.tls.chain_pem);
  node_.Write("tls.key", other.Read("tls.key"));
  credentials_->Check(Trigger::kTime);
  EXPECT_EQ(ShownChain(), other.Read("tls.pem"));
  EXPECT_THAT(credentials_->refused(), IsEmpty());
}

TEST_F(CredentialsTest, AnOperatorWhoAsksIsToldAtOnce) {
  node_.Write("tls.key", "half a key");
  credentials_->Check(Trigger::kOperator);
  EXPECT_THAT(credentials_->refused(), SizeIs(1));
}

TEST_F(CredentialsTest, AnOperatorWhoAsksIsToldThatAllIsInOrder) {
  const auto said = [this](Trigger trigger) {
    ::testing::internal::CaptureStderr();
    credentials_->Check(trigger);
    return ::testing::internal::GetCapturedStderr();
  };
  EXPECT_THAT(said(Trigger::kOperator), ::testing::HasSubstr("\"credentials in order\""));
  EXPECT_THAT(said(Trigger::kOperator), ::testing::HasSubstr("\"credentials in order\""));
  EXPECT_EQ(said(Trigger::kTime), "");
}

// How many lines about what is not taken over `work` writes.
size_t LinesOf(const std::function<void()>& work) {
  ::testing::internal::CaptureStderr();
  work();
  const std::vector<std::string> parts =
      absl::StrSplit(::testing::internal::GetCapturedStderr(), "\"credentials not taken over\"");
  return parts.size() - 1;
}

TEST_F(CredentialsTest, TheSameMistakesAreToldOnceAnHourAndWheneverTheOperatorAsks) {
  node_.Write("tls.key", "no key");
  node_.Write("seal.key", "no key");
  const auto look = [&] { credentials_->Check(Trigger::kTime); };
  EXPECT_EQ(LinesOf(look), 0u);  // just written
  EXPECT_EQ(LinesOf(look), 2u);
  clock_.Advance(absl::Minutes(59));
  EXPECT_EQ(LinesOf(look), 0u);
  clock_.Advance(absl::Minutes(1));
  EXPECT_EQ(LinesOf(look), 2u);
  EXPECT_EQ(LinesOf([&] { credentials_->Check(Trigger::kOperator); }), 2u);
  EXPECT_EQ(LinesOf(look), 0u);
  node_.Write("seal.key", "no key either");
  EXPECT_EQ(LinesOf([&] { CheckTwice(); }), 0u);  // the same mistakes, of another file
  clock_.Advance(-absl::Minutes(30));             // set back: nothing is silenced
  EXPECT_EQ(LinesOf(look), 2u);
}

// The probe of the own listener is one of them, and whoever asks for the node's state.
TEST_F(CredentialsTest, WhileALookTakesLongOthersDoNotWait) {
  std::future<size_t> other;
  std::future_status answered = std::future_status::timeout;
  while_logging_ = [&] {
    other = std::async(std::launch::async, [&] {
      return credentials_->tls().chain_pem.size() + credentials_->refused().size() +
             credentials_->Certificates().size();
    });
    answered = other.wait_for(std::chrono::seconds(10));
  };
  Renew("seal");
  credentials_->Check(Trigger::kTime);
  EXPECT_EQ(answered, std::future_status::ready);
  EXPECT_THAT(logged_, SizeIs(1));
}

TEST_F(CredentialsTest, AllMistakesAreToldAndWhatIsGoodBesideThemIsNotTakenOver) {
  Renew("seal");
  node_.Write("tls.key", node_.Read("tls.key"), 0644);
  node_.Write("tls.pem", "no certificate");
  CheckTwice();
  EXPECT_THAT(credentials_->refused(), ElementsAre(StartsWith("tls.certificate_file: "),
                                                   AllOf(StartsWith("tls.key_file: "), HasSubstr("chmod 600"))));
  EXPECT_EQ(seal_.Get(), setup_.seal);
  EXPECT_EQ(ShownChain(), setup_.tls.chain_pem);
}

TEST_F(CredentialsTest, OldFilesPutBackAreInOrder) {
  const std::string key = node_.Read("tls.key");
  CheckTwice();
  node_.Write("tls.key", "no key");
  CheckTwice();
  EXPECT_THAT(credentials_->refused(), SizeIs(1));
  node_.Write("tls.key", key);
  credentials_->Check(Trigger::kTime);
  EXPECT_THAT(credentials_->refused(), IsEmpty());
  EXPECT_THAT(told_, IsEmpty());
}

// A file made good by its mode alone is looked at again.
TEST_F(CredentialsTest, AModeThatIsMendedIsNoticed) {
  Renew("tls");
  std::filesystem::permissions(node_.Path("tls.key"), std::filesystem::perms(0644));
  CheckTwice();
  EXPECT_THAT(credentials_->refused(), SizeIs(1));
  std::filesystem::permissions(node_.Path("tls.key"), std::filesystem::perms(0600));
  credentials_->Check(Trigger::kTime);
  EXPECT_EQ(ShownChain(), node_.Read("tls.pem"));
}

TEST_F(CredentialsTest, ACertificateThatIsNotValidYetIsTakenOverWhenItIs) {
  node_.Issue("tls", {kTestAgency, Role::kNode, "main"}, absl::Hours(48), TestNow() + absl::Hours(2));
  CheckTwice();
  EXPECT_THAT(credentials_->refused(), ElementsAre(HasSubstr("CERT_NOT_YET_VALID")));
  clock_.Advance(absl::Hours(2));
  credentials_->Check(Trigger::kTime);
  EXPECT_EQ(ShownChain(), node_.Read("tls.pem"));
}

TEST_F(CredentialsTest, TheCertificatesInUseAreShownWithTheirIssuersAndAllRoots) {
  Renew("tls", absl::Hours(72));
  credentials_->Check(Trigger::kTime);
  std::vector<std::string> names;
  std::vector<absl::Time> ends;
  for (const DatedCertificate& certificate : credentials_->Certificates()) {
    names.push_back(absl::StrCat(certificate.what, " ", certificate.subject));
    if (certificate.what == "tls") ends.push_back(certificate.validity.not_after);
    if (certificate.what == "seal") ends.push_back(certificate.validity.not_after);
  }
  EXPECT_THAT(names, ElementsAre("tls spiffe://kaz.tamga/border-service/node/main", "issuing KAZ",
                                 "seal spiffe://kaz.tamga/border-service/seal/main", "root KAZ", "root KGZ"));
  EXPECT_THAT(ends, ElementsAre(TestNow() + absl::Hours(72), TestNow() + absl::Hours(24)));
  EXPECT_THAT(credentials_->Issuers(), SizeIs(2)) << "of the one, and of the other";
}

struct Refused {
  const char* name;
  std::function<void(TestNode&)> write;
  const char* field;
  const char* why;
};

class RefusedCredentialsTest : public CredentialsTest, public ::testing::WithParamInterface<Refused> {};

TEST_P(RefusedCredentialsTest, AreToldAndTheOldOnesStay) {
  CheckTwice();
  GetParam().write(node_);
  CheckTwice();
  EXPECT_THAT(credentials_->refused(),
              ElementsAre(AllOf(StartsWith(absl::StrCat(GetParam().field, ": ")), HasSubstr(GetParam().why))));
  EXPECT_EQ(ShownChain(), setup_.tls.chain_pem);
  EXPECT_EQ(ShownKey(), setup_.tls.key_pem);
  EXPECT_EQ(seal_.Get(), setup_.seal);
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_THAT(logged_, IsEmpty());

  // And they are no obstacle to good ones.
  Renew("tls");
  Renew("seal");
  credentials_->Check(Trigger::kTime);
  EXPECT_THAT(credentials_->refused(), IsEmpty());
  EXPECT_EQ(ShownChain(), node_.Read("tls.pem"));
  EXPECT_NE(seal_.Get(), setup_.seal);
}

const Refused kRefused[] = {
    {"HalfAKey", [](TestNode& n) { n.Write("tls.key", n.Read("tls.key").substr(0, 100)); }, "tls.key_file",
     "P-256 key, PKCS#8"},
    {"KeyOfAnotherCertificate", [](TestNode& n) { n.Write("tls.key", n.Read("seal.key")); }, "tls.key_file",
     "is not the key of the certificate"},
    {"KeyReadableByOthers", [](TestNode& n) { n.Write("seal.key", n.Read("seal.key"), 0640); }, "seal.key_file",
     "chmod 600"},
    {"AnotherAgency",
     [](TestNode& n) {
       n.Issue("tls", {"KAZ/interior-ministry", Role::kNode, "main"});
     },
     "tls.certificate_file", "must be for KAZ/border-service"},
    {"AnotherState",
     [](TestNode& n) {
       n.Issue("tls", {"KGZ/border-service", Role::kNode, "main"});
     },
     "tls.certificate_file", "must be for KAZ/border-service"},
    {"AnotherRole",
     [](TestNode& n) {
       n.Issue("seal", {kTestAgency, Role::kNode, "main"});
     },
     "seal.certificate_file", "role seal"},
    {"AnotherName",
     [](TestNode& n) {
       n.Issue("tls", {kTestAgency, Role::kNode, "second"});
     },
     "tls.certificate_file", "a node keeps its name while it runs"},
    {"AnotherNameOfTheSeal",
     [](TestNode& n) {
       n.Issue("seal", {kTestAgency, Role::kSeal, "second"});
     },
     "seal.certificate_file", "a node keeps its name while it runs"},
    {"Expired",
     [](TestNode& n) {
       n.Issue("tls", {kTestAgency, Role::kNode, "main"}, absl::Hours(1), TestNow() - absl::Hours(2));
     },
     "tls.certificate_file", "CERT_EXPIRED"},
    {"KeyOfTlsForTheSeal", [](TestNode& n) { n.IssueSealForTlsKey(); }, "seal.key_file", "a key of its own"},
    {"CertificateGone", [](TestNode& n) { std::filesystem::remove(n.Path("seal.pem")); }, "seal.certificate_file",
     "put it there"},
    {"IssuerLeftOut",
     [](TestNode& n) {
       const std::string chain = n.Read("tls.pem");
       n.Write("tls.pem", chain.substr(0, chain.find("-----BEGIN", 10)), 0644);
     },
     "tls.certificate_file", "CERT_UNTRUSTED"},
};

INSTANTIATE_TEST_SUITE_P(AllMistakes, RefusedCredentialsTest, ::testing::ValuesIn(kRefused),
                         [](const ::testing::TestParamInfo<Refused>& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace tamga::node
