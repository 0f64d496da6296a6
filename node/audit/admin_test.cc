#include "node/audit/admin.h"

#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "node/audit/test_log.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/base/mutex.h"
#include "node/exchange/test_node.h"
#include "node/store/transaction.h"
#include "node/treaty/test_treaties.h"
#include "tamga/v1/obligation_service.pb.h"

namespace tamga::audit {
namespace {

using exchange::kKyrgyz;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kOwn[] = "KAZ/interior-ministry";
constexpr char kTajik[] = "TJK/interior-ministry";

// A place where as many partners as are expected must be at the same time.
class Meeting {
 public:
  explicit Meeting(size_t expected) : expected_(expected) {}

  // False if the others do not come.
  bool Attend() {
    MutexLock lock(mutex_);
    ++present_;
    changed_.NotifyAll();
    for (int i = 0; i < 100 && present_ < expected_; ++i) changed_.WaitFor(mutex_, std::chrono::milliseconds(100));
    return present_ >= expected_;
  }

 private:
  const size_t expected_;
  Mutex mutex_;
  CondVar changed_;
  size_t present_ ABSL_GUARDED_BY(mutex_) = 0;
};

class FakePeer final : public exchange::PeerStub {
 public:
  FakePeer(Meeting& meeting, bool reachable, absl::Time* asked_until)
      : meeting_(meeting), reachable_(reachable), asked_until_(asked_until) {}
  absl::StatusOr<v1::SealedMessage> Exchange(const v1::SealedMessage& /*request*/, absl::Time /*deadline*/) override {
    return absl::UnimplementedError("the operator's view sends nothing");
  }
  bool IsReachable(absl::Time deadline) override {
    *asked_until_ = deadline;
    return meeting_.Attend() && reachable_;
  }

 private:
  Meeting& meeting_;
  const bool reachable_;
  absl::Time* const asked_until_;
};

treaty::TreatyLibrary LoadTreaties() {
  std::vector<treaty::TestTreaty> treaties;
  for (const char* name : {"palermo-tip-2000.txtpb", "readmission-kaz-kgz.txtpb", "refugee-1951-1967.txtpb"}) {
    const auto bytes = ReadFile(std::string(TAMGA_SOURCE_DIR "/policy/treaties/") + name);
    EXPECT_OK(bytes);
    treaties.push_back({*bytes});
  }
  return treaty::RatifiedLibrary(treaties, "2017-08-10");
}

v1::Partner PartnerAt(const std::string& agency, const std::string& address) {
  v1::Partner partner;
  partner.set_agency(agency);
  partner.set_address(address);
  return partner;
}

class AdminTest : public testing::Test {
 protected:
  AdminTest() {
    stubs_[kKyrgyz] = std::make_unique<FakePeer>(meeting_, true, &kyrgyz_asked_until_);
    stubs_[kTajik] = std::make_unique<FakePeer>(meeting_, false, &tajik_asked_until_);
  }

  store::OutboxRow AddOutbox(const std::string& exchange_id, const std::string& partner) {
    store::OutboxRow row;
    row.exchange_id = exchange_id;
    row.partner = partner;
    row.operation = v1::OPERATION_READMISSION_SUBMIT;
    row.message_blob = std::string(16, 'b');
    row.next_attempt_at = clock_.Now() + absl::Seconds(5);
    row.expires_at = clock_.Now() + absl::Hours(1);
    store::Effects effects;
    effects.writes.push_back([row](store::Transaction& transaction) { return transaction.AddOutbox(row); });
    EXPECT_OK(log_.sequencer().Commit(std::move(effects)));
    return row;
  }

  void AddCertificate(const std::string& what, absl::Duration left) {
    v1::CertificateStatus& certificate = credentials_.certificates.emplace_back();
    certificate.set_what(what);
    certificate.set_subject("KAZ");
    certificate.set_sha256(std::string(32, what.front()));
    *certificate.mutable_expires_at() = ToProto(clock_.Now() + left);
  }

  v1::ExplainDecisionRequest Question(v1::Purpose purpose) {
    v1::ExplainDecisionRequest request;
    request.set_answerer(kKyrgyz);
    request.set_record_kind(v1::RECORD_KIND_READMISSION);
    request.set_operation(v1::OPERATION_READMISSION_SUBMIT);
    request.set_purpose(purpose);
    return request;
  }

  TestLog log_;
  ManualClock clock_{absl::FromUnixSeconds(1'795'000'000)};  // November 2026
  const treaty::CurrentTreaties treaties_{LoadTreaties()};
  Meeting meeting_{2};
  absl::Time kyrgyz_asked_until_;
  absl::Time tajik_asked_until_;
  exchange::PeerStubs stubs_;
  CredentialFacts credentials_;
  const Admin admin_{NodeFacts{kOwn,
                               "log.interior-ministry.kaz.tamga",
                               clock_.Now() - absl::Hours(2),
                               [this] { return credentials_; },
                               {PartnerAt(kKyrgyz, "kgz:7401"), PartnerAt(kTajik, "tjk:7401")},
                               stubs_,
                               log_.database(),
                               log_.vault(),
                               treaties_,
                               clock_}};
};

TEST_F(AdminTest, TheStatusSaysWhoTheNodeIsAndHowItsLogAndCertificatesStand) {
  log_.Add(kKyrgyz);
  log_.Add(kKyrgyz);
  AddCertificate("tls", absl::Hours(24));
  AddCertificate("seal", absl::Hours(48));
  ASSERT_OK_AND_ASSIGN(const v1::GetNodeStatusResponse status, admin_.GetNodeStatus());
  EXPECT_EQ(status.agency(), kOwn);
  EXPECT_EQ(status.version(), TAMGA_VERSION);
  EXPECT_EQ(status.log_origin(), "log.interior-ministry.kaz.tamga");
  EXPECT_EQ(status.log_size(), 2u);
  EXPECT_EQ(FromProto(status.started_at()), clock_.Now() - absl::Hours(2));
  EXPECT_EQ(FromProto(status.tls_expires_at()), clock_.Now() + absl::Hours(24));
  EXPECT_EQ(FromProto(status.seal_expires_at()), clock_.Now() + absl::Hours(48));
  EXPECT_THAT(status.certificates(), SizeIs(2));
  EXPECT_THAT(status.credentials_refused(), IsEmpty());

  credentials_.certificates.clear();
  AddCertificate("tls", absl::Hours(72));
  credentials_.refused = {"tls.key_file: is missing"};
  ASSERT_OK_AND_ASSIGN(const v1::GetNodeStatusResponse later, admin_.GetNodeStatus());
  EXPECT_EQ(FromProto(later.tls_expires_at()), clock_.Now() + absl::Hours(72));
  EXPECT_THAT(later.credentials_refused(), ElementsAre("tls.key_file: is missing"));
  EXPECT_THAT(later.own_certificates_refused(), IsEmpty());
  credentials_.own_refused = {"seal.certificate_file: is revoked"};
  ASSERT_OK_AND_ASSIGN(const v1::GetNodeStatusResponse last, admin_.GetNodeStatus());
  EXPECT_THAT(last.own_certificates_refused(), ElementsAre("seal.certificate_file: is revoked"));
  for (const v1::PartnerStatus& partner : last.partners()) EXPECT_FALSE(partner.reachable()) << partner.agency();
}

TEST_F(AdminTest, TheMetricsSayHowLogOutboxAndCertificatesStand) {
  log_.Add(kKyrgyz);
  AddOutbox(std::string("\x01") + std::string(15, 'x'), kTajik);
  AddCertificate("tls", absl::Hours(1));
  AddCertificate("root", -absl::Minutes(1));
  credentials_.refused = {"tls.key_file: is missing", "seal.key_file: is missing"};
  credentials_.own_refused = {"seal.certificate_file: is revoked"};
  ASSERT_OK_AND_ASSIGN(const v1::GetMetricsResponse metrics, admin_.GetMetrics());
  for (const char* line :
       {"tamga_log_entries 1", "tamga_outbox_messages{partner=\"KGZ/interior-ministry\"} 0",
        "tamga_outbox_messages{partner=\"TJK/interior-ministry\"} 1",
        "tamga_outbox_seconds_left{partner=\"TJK/interior-ministry\"} 3600",
        "tamga_dead_letters{partner=\"KGZ/interior-ministry\"} 0",
        "tamga_partner_circuit{partner=\"KGZ/interior-ministry\"} 0", "tamga_obligations{state=\"overdue\"} 0",
        "tamga_certificate_seconds_left{what=\"tls\",subject=\"KAZ\",certificate=\"7474747474747474\"} 3600",
        "tamga_certificate_seconds_left{what=\"root\",subject=\"KAZ\",certificate=\"7272727272727272\"} -60",
        "tamga_credentials_refused 2", "tamga_own_certificates_refused 1"}) {
    EXPECT_THAT(metrics.text(), HasSubstr(std::string("\n") + line + "\n"));
  }
}

TEST_F(AdminTest, HelpersTimeStampsAndListsAreInTheMetrics) {
  v1::HelperStatus helper;
  helper.set_what("seal");
  helper.set_where("/run/s");
  helper.set_fault("nobody listens");
  *helper.mutable_last_success() = ToProto(clock_.Now() - absl::Minutes(2));
  v1::TimeStampingStatus stamps;
  stamps.set_size(7);
  stamps.set_failures(3);
  *stamps.mutable_time() = ToProto(clock_.Now() - absl::Minutes(5));
  const Admin admin(NodeFacts{kOwn,
                              "log.interior-ministry.kaz.tamga",
                              clock_.Now(),
                              [this] { return credentials_; },
                              {},
                              stubs_,
                              log_.database(),
                              log_.vault(),
                              treaties_,
                              clock_,
                              [&]() -> std::optional<v1::TimeStampingStatus> { return stamps; },
                              [&] { return std::vector<v1::HelperStatus>{helper}; },
                              [this] {
                                return std::map<std::string, absl::Time>{{"KGZ", clock_.Now() - absl::Hours(1)}};
                              }});
  ASSERT_OK_AND_ASSIGN(const v1::GetNodeStatusResponse status, admin.GetNodeStatus());
  ASSERT_THAT(status.helpers(), SizeIs(1));
  EXPECT_EQ(status.helpers(0).fault(), "nobody listens");
  ASSERT_OK_AND_ASSIGN(const v1::GetMetricsResponse metrics, admin.GetMetrics());
  for (const char* line : {"tamga_helper_works{what=\"seal\",where=\"/run/s\"} 0",
                           "tamga_helper_seconds_since_success{what=\"seal\",where=\"/run/s\"} 120",
                           "tamga_timestamp_entries 7", "tamga_timestamp_age_seconds 300", "tamga_timestamp_late 0",
                           "tamga_timestamp_failures 3", "tamga_revocation_list_age_seconds{state=\"KGZ\"} 3600"}) {
    EXPECT_THAT(metrics.text(), HasSubstr(std::string("\n") + line + "\n"));
  }
}

TEST_F(AdminTest, HowFarTheLogIsTimeStampedIsSaidWhereThatIsConfigured) {
  ASSERT_OK_AND_ASSIGN(const v1::GetNodeStatusResponse without, admin_.GetNodeStatus());
  EXPECT_FALSE(without.has_time_stamping());
  const Admin stamped(NodeFacts{kOwn,
                                "log.interior-ministry.kaz.tamga",
                                clock_.Now(),
                                [this] { return credentials_; },
                                {},
                                stubs_,
                                log_.database(),
                                log_.vault(),
                                treaties_,
                                clock_,
                                [this]() -> std::optional<v1::TimeStampingStatus> {
                                  v1::TimeStampingStatus status;
                                  status.set_size(7);
                                  *status.mutable_time() = ToProto(clock_.Now());
                                  return status;
                                }});
  ASSERT_OK_AND_ASSIGN(const v1::GetNodeStatusResponse status, stamped.GetNodeStatus());
  EXPECT_EQ(status.time_stamping().size(), 7u);
  EXPECT_EQ(FromProto(status.time_stamping().time()), clock_.Now());
}

TEST_F(AdminTest, ObligationsThatAreOpenOrOverdueAreCounted) {
  store::Effects effects;
  for (const uint32_t states : {1u << v1::DUTY_STATE_OPEN, 1u << v1::DUTY_STATE_OPEN | 1u << v1::DUTY_STATE_OVERDUE,
                                1u << v1::DUTY_STATE_DISCHARGED, 1u << v1::DUTY_STATE_IN_FORCE}) {
    store::HoldingRow row;
    row.origin = {std::string(16, static_cast<char>(states)), kKyrgyz, true};
    row.states = states;
    effects.writes.push_back([row](store::Transaction& transaction) { return transaction.AddHolding(row); });
  }
  ASSERT_OK(log_.sequencer().Commit(std::move(effects)));
  ASSERT_OK_AND_ASSIGN(const v1::GetNodeStatusResponse status, admin_.GetNodeStatus());
  EXPECT_EQ(status.obligations_open(), 2u);
  EXPECT_EQ(status.obligations_overdue(), 1u);
}

TEST_F(AdminTest, PartnersAreAskedAtTheSameTimeForOneSecond) {
  ASSERT_OK_AND_ASSIGN(const v1::GetNodeStatusResponse status, admin_.GetNodeStatus());
  ASSERT_THAT(status.partners(), SizeIs(2));
  EXPECT_EQ(status.partners(0).agency(), kKyrgyz);
  EXPECT_EQ(status.partners(0).address(), "kgz:7401");
  EXPECT_TRUE(status.partners(0).reachable());
  EXPECT_EQ(status.partners(1).agency(), kTajik);
  EXPECT_FALSE(status.partners(1).reachable());
  EXPECT_EQ(kyrgyz_asked_until_, clock_.Now() + absl::Seconds(1));
  EXPECT_EQ(tajik_asked_until_, clock_.Now() + absl::Seconds(1));
}

TEST_F(AdminTest, TheOutboxIsCountedByPartnerAndListedOldestFirst) {
  const store::OutboxRow earlier = AddOutbox(std::string("\x01") + std::string(15, 'x'), kKyrgyz);
  AddOutbox(std::string("\x02") + std::string(15, 'x'), kKyrgyz);
  ASSERT_OK_AND_ASSIGN(const v1::GetNodeStatusResponse status, admin_.GetNodeStatus());
  EXPECT_EQ(status.partners(0).outbox(), 2u);
  EXPECT_EQ(status.partners(1).outbox(), 0u);
  ASSERT_OK_AND_ASSIGN(const v1::ListOutboxResponse outbox, admin_.ListOutbox());
  ASSERT_THAT(outbox.items(), SizeIs(2));
  EXPECT_EQ(outbox.items(0).exchange_id(), "01787878-7878-7878-7878-787878787878");
  EXPECT_EQ(outbox.items(0).partner(), kKyrgyz);
  EXPECT_EQ(outbox.items(0).operation(), v1::OPERATION_READMISSION_SUBMIT);
  EXPECT_EQ(outbox.items(0).attempts(), 0u);
  EXPECT_EQ(FromProto(outbox.items(0).next_attempt_at()), earlier.next_attempt_at);
  EXPECT_EQ(FromProto(outbox.items(0).expires_at()), earlier.expires_at);
  EXPECT_EQ(outbox.items(0).state(), v1::DELIVERY_STATE_SENT);  // the first attempt is under way
  EXPECT_EQ(FromProto(status.partners(0).first_expiry_at()), earlier.expires_at);
  EXPECT_FALSE(status.partners(1).has_first_expiry_at());
  clock_.Advance(absl::Seconds(6));
  EXPECT_EQ(admin_.ListOutbox()->items(0).state(), v1::DELIVERY_STATE_QUEUED);
  EXPECT_EQ(outbox.items(1).exchange_id(), "02787878-7878-7878-7878-787878787878");
}

TEST_F(AdminTest, TreatiesAreListedByIdWithThePartiesThatTheyBindNow) {
  const v1::ListTreatiesResponse response = admin_.ListTreaties();
  ASSERT_THAT(response.treaties(), SizeIs(3));
  const v1::TreatySummary& readmission = response.treaties(1);
  EXPECT_EQ(readmission.id(), "READMISSION-KAZ-KGZ");
  EXPECT_EQ(readmission.version(), 1u);
  EXPECT_EQ(readmission.document_sha256(), treaties_.Get()->set->Find("READMISSION-KAZ-KGZ")->sha256);
  EXPECT_THAT(readmission.in_force_for(), ElementsAre("KAZ", "KGZ"));
  EXPECT_TRUE(readmission.model());
}

TEST_F(AdminTest, ATreatyBindsNobodyBeforeItsFirstDay) {
  clock_.Set(absl::FromCivil(absl::CivilDay(2017, 8, 10), absl::UTCTimeZone()) - absl::Nanoseconds(1));
  EXPECT_THAT(admin_.ListTreaties().treaties(1).in_force_for(), IsEmpty());
  clock_.Advance(absl::Nanoseconds(1));
  EXPECT_THAT(admin_.ListTreaties().treaties(1).in_force_for(), SizeIs(2));
}

TEST_F(AdminTest, APermitIsExplainedWithItsArticlesAndWhatMayBeTold) {
  ASSERT_OK_AND_ASSIGN(const v1::ExplainDecisionResponse response,
                       admin_.ExplainDecision(Question(v1::PURPOSE_READMISSION)));
  EXPECT_TRUE(response.permitted());
  EXPECT_EQ(response.treaty_id(), "READMISSION-KAZ-KGZ");
  EXPECT_THAT(response.articles(), ElementsAre("READMISSION-KAZ-KGZ art. 1", "READMISSION-KAZ-KGZ art. 2"));
  EXPECT_EQ(response.reason(), "");
  EXPECT_THAT(response.explanation(), Contains(HasSubstr("Permitted by READMISSION-KAZ-KGZ art. 1")));
  EXPECT_THAT(response.explanation(), Contains(HasSubstr("The request may tell: PARTIAL (IDENTITY, DOCUMENT")));
  EXPECT_THAT(response.explanation(), Contains(HasSubstr("The reply may tell: ")));
}

TEST_F(AdminTest, APermitNamesTheFactsThatMustBeStatedBeforeTheRequestIsSent) {
  ASSERT_OK_AND_ASSIGN(const v1::ExplainDecisionResponse response,
                       admin_.ExplainDecision(Question(v1::PURPOSE_READMISSION)));
  EXPECT_THAT(response.explanation(),
              Contains(testing::AllOf(HasSubstr("The asking node lets the request out only if: "),
                                      HasSubstr("ASYLUM_CLAIM_OPEN"))));
}

TEST_F(AdminTest, WithFactsTheWholeExchangeIsJudged) {
  v1::ExplainDecisionRequest request = Question(v1::PURPOSE_READMISSION);
  const auto add = [&](v1::Attribute attribute, v1::Ternary flag) {
    v1::FactValue& fact = *request.add_facts();
    fact.set_attribute(attribute);
    fact.set_flag(flag);
  };
  add(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::TERNARY_NO);
  ASSERT_OK_AND_ASSIGN(const v1::ExplainDecisionResponse unclear, admin_.ExplainDecision(request));
  EXPECT_FALSE(unclear.permitted());
  EXPECT_EQ(unclear.reason(), "FACT_UNKNOWN");
  EXPECT_THAT(unclear.explanation(), Contains("The asking node does not let the request out."));
  add(v1::ATTRIBUTE_TRAFFICKING_INDICATOR, v1::TERNARY_NO);
  add(v1::ATTRIBUTE_UNACCOMPANIED_MINOR, v1::TERNARY_NO);
  ASSERT_OK_AND_ASSIGN(const v1::ExplainDecisionResponse permit, admin_.ExplainDecision(request));
  EXPECT_TRUE(permit.permitted());
  EXPECT_THAT(permit.explanation(), testing::Not(Contains(HasSubstr("lets the request out"))));
  request.mutable_facts(0)->set_flag(v1::TERNARY_YES);
  ASSERT_OK_AND_ASSIGN(const v1::ExplainDecisionResponse denial, admin_.ExplainDecision(request));
  EXPECT_EQ(denial.reason(), "FORBIDDEN");
}

TEST_F(AdminTest, FactsThatDoNotExistAreRefused) {
  v1::ExplainDecisionRequest request = Question(v1::PURPOSE_READMISSION);
  request.add_facts();
  EXPECT_THAT(admin_.ExplainDecision(request), HasReason("INVALID_FIELD"));
  request.mutable_facts(0)->set_attribute(v1::ATTRIBUTE_AGE);
  request.mutable_facts(0)->set_number(-1);
  EXPECT_THAT(admin_.ExplainDecision(request), HasReason("INVALID_FIELD"));
}

TEST_F(AdminTest, ADenialIsExplainedWithWhatWouldHaveToDiffer) {
  ASSERT_OK_AND_ASSIGN(const v1::ExplainDecisionResponse response,
                       admin_.ExplainDecision(Question(v1::PURPOSE_MIGRATION_CONTROL)));
  EXPECT_FALSE(response.permitted());
  EXPECT_EQ(response.reason(), "NO_GRANT");
  EXPECT_EQ(response.reply_disclosure(), v1::DISCLOSURE_LEVEL_NONE);
  EXPECT_THAT(response.explanation(),
              Contains(testing::AllOf(testing::StartsWith("READMISSION"),
                                      HasSubstr(" would serve if the purpose were "), testing::EndsWith("."))));
}

TEST_F(AdminTest, TheAskerCanBeAnotherAgencyThanTheOwn) {
  v1::ExplainDecisionRequest request = Question(v1::PURPOSE_READMISSION);
  request.set_asker(kKyrgyz);
  request.set_answerer(kOwn);
  ASSERT_OK_AND_ASSIGN(v1::ExplainDecisionResponse response, admin_.ExplainDecision(request));
  EXPECT_TRUE(response.permitted());
  request.set_asker(kTajik);
  ASSERT_OK_AND_ASSIGN(response, admin_.ExplainDecision(request));
  EXPECT_FALSE(response.permitted());
}

TEST_F(AdminTest, AQuestionThatLeavesOutWhatIsRequiredIsRefusedByNameOfTheField) {
  struct Case {
    const char* field;
    void (*spoil)(v1::ExplainDecisionRequest&);
  };
  const Case cases[] = {
      {"asker", [](auto& r) { r.set_asker("KAZ"); }},
      {"answerer", [](auto& r) { r.clear_answerer(); }},
      {"record_kind", [](auto& r) { r.clear_record_kind(); }},
      {"operation", [](auto& r) { r.set_operation(static_cast<v1::Operation>(99)); }},
      {"purpose", [](auto& r) { r.clear_purpose(); }},
      {"treaty_id", [](auto& r) { r.set_treaty_id(std::string(65, 'A')); }},
  };
  for (const Case& spoilt : cases) {
    v1::ExplainDecisionRequest request = Question(v1::PURPOSE_READMISSION);
    spoilt.spoil(request);
    const absl::Status status = admin_.ExplainDecision(request).status();
    EXPECT_THAT(status, HasReason("INVALID_FIELD"));
    EXPECT_EQ(MetadataOf(status)["field"], spoilt.field);
  }
}

}  // namespace
}  // namespace tamga::audit
