#include "node/watchlist/watchlist.h"

#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/partner_state/un_list.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "node/base/error.h"
#include "node/base/matchers.h"
#include "node/domain/testing/temp_store.h"
#include "node/store/test_folder.h"
#include "node/watchlist/alert_book.h"

namespace tamga::watchlist {
namespace {

using google::protobuf::util::MessageDifferencer;

constexpr char kOwn[] = "KAZ/border-service";
constexpr char kKgz[] = "KGZ/interior-ministry";
constexpr char kTjk[] = "TJK/interior-ministry";
// ICAO Doc 9303 part 4: the specimen passport, which expired in 2012.
const std::vector<std::string> kSpecimen = {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
                                            "L898902C36UTO7408122F1204159ZE184226B<<<<<10"};

// Answers as the test says, by partner. Thread-safe once it is set up.
class ScriptedDoor final : public exchange::Asking {
 public:
  using Script = std::function<exchange::AskResult(const exchange::Outgoing&)>;

  exchange::AskResult Ask(const exchange::Outgoing& question) override {
    {
      MutexLock lock(mutex_);
      asked_.push_back(question);
    }
    return scripts.at(question.to)(question);
  }
  std::vector<exchange::Outgoing> asked() {
    MutexLock lock(mutex_);
    return asked_;
  }

  std::map<std::string, Script> scripts;

 private:
  Mutex mutex_;
  std::vector<exchange::Outgoing> asked_ ABSL_GUARDED_BY(mutex_);
};

ScriptedDoor::Script Answers(const std::string& result,
                             v1::DisclosureLevel disclosure = v1::DISCLOSURE_LEVEL_REFERENCE) {
  return [=](const exchange::Outgoing& question) {
    exchange::AskResult asked;
    asked.result = result;
    asked.summary.set_partner(question.to);
    asked.summary.set_delivery_state(v1::DELIVERY_STATE_DELIVERED);
    asked.summary.set_disclosure(disclosure);
    return asked;
  };
}

ScriptedDoor::Script Answers(const v1::WatchlistAnswer& answer) { return Answers(answer.SerializeAsString()); }

// The own node cannot seal, or its partner.
ScriptedDoor::Script CannotSeal(const std::string& reason) {
  return [reason](const exchange::Outgoing&) {
    exchange::AskResult asked;
    asked.status = Error(absl::StatusCode::kUnavailable, reason, "the key is out of reach");
    return asked;
  };
}

ScriptedDoor::Script Refuses(absl::StatusCode code) {
  return [code](const exchange::Outgoing&) {
    exchange::AskResult asked;
    asked.status = Error(code, "REASON", "why it was refused");
    asked.summary.set_delivery_state(v1::DELIVERY_STATE_REFUSED);
    return asked;
  };
}

v1::WatchlistAnswer Hit() {
  v1::WatchlistAnswer answer;
  answer.set_hit(true);
  answer.add_candidates()->mutable_alert()->set_alert_id("KG-1");
  return answer;
}

v1::Alert WantedPerson(const std::string& id, const std::string& surname) {
  v1::Alert alert;
  alert.set_alert_id(id);
  alert.set_category(v1::ALERT_CATEGORY_ARREST);
  alert.set_action("Hold and call the duty officer");
  alert.set_legal_basis("Criminal Procedure Code art. 131");
  v1::PersonName& name = *alert.add_names();
  name.set_surname(surname);
  name.set_given_names("ANNA");
  return alert;
}

v1::Alert StolenDocument(const std::string& id, const std::string& number) {
  v1::Alert alert = WantedPerson(id, "");
  alert.clear_names();
  alert.set_category(v1::ALERT_CATEGORY_DOCUMENT_STOLEN);
  v1::TravelDocument& document = *alert.add_documents();
  document.set_number(number);
  document.set_issuing_state("UTO");
  return alert;
}

v1::CheckTravellerRequest TypedCheck(const std::vector<std::string>& partners = {}) {
  v1::CheckTravellerRequest request;
  request.mutable_context()->set_purpose(v1::PURPOSE_BORDER_CHECK);
  request.mutable_context()->set_case_reference("KZ-B-1");
  request.mutable_traveller()->set_surname("ERIKSSON");
  request.mutable_traveller()->set_given_names("ANNA MARIA");
  request.mutable_traveller()->set_document_number("L898902C3");
  for (const std::string& partner : partners) request.add_partners(partner);
  return request;
}

v1::CheckTravellerRequest ZoneCheck() {
  v1::CheckTravellerRequest request = TypedCheck();
  request.clear_traveller();
  for (const std::string& line : kSpecimen) request.add_mrz_lines(line);
  return request;
}

class WatchlistTest : public ::testing::Test {
 protected:
  std::unique_ptr<Watchlist> NewWatchlist() {
    return std::make_unique<Watchlist>(
        WatchlistParts{kOwn, store_.records(), store_.writer(), door_, clock_, partner_calls_, absl::Seconds(10)});
  }

  absl::StatusOr<bool> Publish(const v1::Alert& alert) {
    v1::PublishAlertRequest request;
    *request.mutable_alert() = alert;
    const auto response = watchlist_->Publish(request);
    if (!response.ok()) return response.status();
    return response->created();
  }
  absl::Status Withdraw(const std::string& alert_id) {
    v1::WithdrawAlertRequest request;
    request.set_alert_id(alert_id);
    return watchlist_->Withdraw(request).status();
  }
  absl::StatusOr<v1::Alert> Get(const std::string& alert_id) {
    v1::GetAlertRequest request;
    request.set_alert_id(alert_id);
    const auto response = watchlist_->Get(request);
    if (!response.ok()) return response.status();
    return response->alert();
  }
  // The check's response; an empty one after a failure.
  v1::CheckTravellerResponse Check(const v1::CheckTravellerRequest& request) {
    const auto response = watchlist_->CheckTraveller(call_, request);
    EXPECT_OK(response);
    return response.ok() ? *response : v1::CheckTravellerResponse();
  }

  ManualClock clock_{absl::FromCivil(absl::CivilSecond(2011, 6, 1), absl::UTCTimeZone())};
  SeededRng rng_{7};
  domain::TempStore store_{rng_};
  ScriptedDoor door_;
  WorkerPool partner_calls_{4, 8};
  exchange::Call call_{{kOwn, certs::Role::kSystem, "lane-7"}, clock_.Now() + absl::Minutes(1)};
  std::unique_ptr<Watchlist> watchlist_ = NewWatchlist();
};

TEST_F(WatchlistTest, PublishedAlertIsFoundUntilWithdrawn) {
  EXPECT_EQ(Publish(WantedPerson("A-1", "ERIKSSON")).value(), true);
  const v1::CheckTravellerResponse found = Check(TypedCheck());
  EXPECT_EQ(found.advice(), v1::ADVICE_STOP);
  ASSERT_EQ(found.sources_size(), 1);
  EXPECT_EQ(found.sources(0).source(), kOwn);
  EXPECT_EQ(found.sources(0).status(), v1::SOURCE_STATUS_HIT);
  ASSERT_EQ(found.sources(0).candidates_size(), 1);
  EXPECT_EQ(found.sources(0).candidates(0).match(), v1::MATCH_KIND_NAME_AND_BIRTH);
  EXPECT_EQ(found.sources(0).candidates(0).alert().action(), "Hold and call the duty officer");
  EXPECT_FALSE(found.sources(0).has_exchange());

  ASSERT_OK(Withdraw("A-1"));
  EXPECT_EQ(Check(TypedCheck()).advice(), v1::ADVICE_CLEAR);
  EXPECT_THAT(Get("A-1"), HasReason("ALERT_UNKNOWN"));
  EXPECT_THAT(Withdraw("A-1"), HasReason("ALERT_UNKNOWN"));
}

TEST_F(WatchlistTest, PublishedAlertIsTheOwnAgencysAndDated) {
  v1::Alert alert = WantedPerson("A-1", "ERIKSSON");
  alert.set_issuer("UN/security-council");
  ASSERT_OK(Publish(alert));
  ASSERT_OK_AND_ASSIGN(const v1::Alert stored, Get("A-1"));
  EXPECT_EQ(stored.issuer(), kOwn);
  EXPECT_EQ(FromProto(stored.listed_at()), clock_.Now());
}

TEST_F(WatchlistTest, PublishingAgainReplacesTheAlert) {
  ASSERT_OK(Publish(WantedPerson("A-1", "ERIKSSON")));
  EXPECT_EQ(Publish(WantedPerson("A-1", "SVENSSON")).value(), false);
  EXPECT_EQ(Check(TypedCheck()).advice(), v1::ADVICE_CLEAR);
}

TEST_F(WatchlistTest, StoredAlertsAreFoundAfterARestart) {
  ASSERT_OK(Publish(WantedPerson("A-1", "ERIKSSON")));
  watchlist_ = NewWatchlist();
  ASSERT_OK(watchlist_->Load());
  EXPECT_EQ(Check(TypedCheck()).advice(), v1::ADVICE_STOP);
}

TEST_F(WatchlistTest, AnAlertsNumberThatTellsOfAPersonStandsInNoFile) {
  ASSERT_OK(Publish(WantedPerson("passport-N1234567", "ERIKSSON")));
  EXPECT_EQ(Publish(WantedPerson("passport-N1234567", "SVENSSON")).value(), false);
  watchlist_ = NewWatchlist();
  ASSERT_OK(watchlist_->Load());
  EXPECT_EQ(Get("passport-N1234567").value().names(0).surname(), "SVENSSON");
  const std::string bytes = store::AllBytesIn(store_.folder());
  EXPECT_NE(bytes.find(kAlertKind), std::string::npos);  // it is these files that hold the record
  EXPECT_EQ(bytes.find("N1234567"), std::string::npos);
  ASSERT_OK(Withdraw("passport-N1234567"));
  EXPECT_THAT(Get("passport-N1234567"), HasReason("ALERT_UNKNOWN"));
}

TEST_F(WatchlistTest, ExpiredAlertIsNotFound) {
  v1::Alert alert = WantedPerson("A-1", "ERIKSSON");
  *alert.mutable_valid_until() = ToProto(clock_.Now() + absl::Hours(1));
  ASSERT_OK(Publish(alert));
  EXPECT_EQ(Check(TypedCheck()).advice(), v1::ADVICE_STOP);
  clock_.Advance(absl::Hours(2));
  call_.deadline = clock_.Now() + absl::Minutes(1);
  EXPECT_EQ(Check(TypedCheck()).advice(), v1::ADVICE_CLEAR);
}

struct AlertFault {
  std::string name;
  std::function<void(v1::Alert&)> make;
  std::string field;
};

class AlertFaultTest : public WatchlistTest, public ::testing::WithParamInterface<AlertFault> {};

TEST_P(AlertFaultTest, IsNotPublishedAndNamesTheField) {
  v1::Alert alert = WantedPerson("A-1", "ERIKSSON");
  GetParam().make(alert);
  const auto published = Publish(alert);
  EXPECT_THAT(published, HasReason("INVALID_FIELD"));
  EXPECT_EQ(MetadataOf(published.status())["field"], GetParam().field);
  EXPECT_EQ(store_.writer().commits(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Faults, AlertFaultTest,
    ::testing::Values(
        AlertFault{"NoId", [](auto& alert) { alert.clear_alert_id(); }, "alert_id"},
        AlertFault{"IdThatCouldBeAName", [](auto& alert) { alert.set_alert_id("Anna Eriksson"); }, "alert_id"},
        AlertFault{"NoCategory", [](auto& alert) { alert.clear_category(); }, "category"},
        AlertFault{"NoAction", [](auto& alert) { alert.clear_action(); }, "action"},
        AlertFault{"NoBasis", [](auto& alert) { alert.clear_legal_basis(); }, "legal_basis"},
        AlertFault{"NoName", [](auto& alert) { alert.clear_names(); }, "names"},
        AlertFault{"GivenNameOnly", [](auto& alert) { alert.mutable_names(0)->clear_surname(); }, "names"},
        AlertFault{"NoDocument", [](auto& alert) { alert.set_category(v1::ALERT_CATEGORY_DOCUMENT_LOST); },
                   "documents"},
        AlertFault{"LongName", [](auto& alert) { alert.mutable_names(0)->set_surname(std::string(201, 'X')); },
                   "names[0].surname"},
        AlertFault{"Sex", [](auto& alert) { alert.set_sex("female"); }, "sex"},
        AlertFault{"Birth", [](auto& alert) { alert.add_born_on()->mutable_date()->set_month(13); }, "born_on[0].date"},
        AlertFault{"BirthRange",
                   [](auto& alert) {
                     alert.add_born_on()->mutable_date()->set_year(1980);
                     alert.mutable_born_on(0)->set_until_year(1979);
                   },
                   "born_on[0].until_year"},
        AlertFault{"EndBeforeBegin",
                   [](auto& alert) {
                     alert.mutable_listed_at()->set_seconds(10);
                     alert.mutable_valid_until()->set_seconds(9);
                   },
                   "valid_until"},
        AlertFault{"Size",
                   [](auto& alert) {
                     for (int i = 0; i < 20; ++i) alert.add_warnings(std::string(2000, 'x'));
                   },
                   "remarks"}),
    [](const auto& test) { return test.param.name; });

TEST_F(WatchlistTest, ZoneIsReadCheckedAndLookedFor) {
  ASSERT_OK(Publish(StolenDocument("D-1", "L898902C3")));
  const v1::CheckTravellerResponse response = Check(ZoneCheck());
  EXPECT_EQ(response.traveller().surname(), "ERIKSSON");
  EXPECT_GT(response.document_checks_size(), 0);
  for (const v1::DocumentCheck& check : response.document_checks()) EXPECT_TRUE(check.passed()) << check.name();
  EXPECT_EQ(response.advice(), v1::ADVICE_STOP);
  EXPECT_EQ(response.sources(0).candidates(0).match(), v1::MATCH_KIND_DOCUMENT);
}

TEST_F(WatchlistTest, DocumentInOrderIsClear) { EXPECT_EQ(Check(ZoneCheck()).advice(), v1::ADVICE_CLEAR); }

TEST_F(WatchlistTest, DocumentNotInOrderIsReferred) {
  clock_.Advance(absl::Hours(24 * 400));  // the specimen has expired by then
  call_.deadline = clock_.Now() + absl::Minutes(1);
  EXPECT_EQ(Check(ZoneCheck()).advice(), v1::ADVICE_REFER);
}

struct CheckFault {
  std::string name;
  std::function<void(v1::CheckTravellerRequest&)> make;
  std::string field;
};

class CheckFaultTest : public WatchlistTest, public ::testing::WithParamInterface<CheckFault> {};

TEST_P(CheckFaultTest, IsRefusedBeforeAnybodyIsAsked) {
  v1::CheckTravellerRequest request = TypedCheck({kKgz});
  GetParam().make(request);
  const auto response = watchlist_->CheckTraveller(call_, request);
  EXPECT_THAT(response, HasReason("INVALID_FIELD"));
  EXPECT_EQ(MetadataOf(response.status())["field"], GetParam().field);
  EXPECT_TRUE(door_.asked().empty());
}

INSTANTIATE_TEST_SUITE_P(
    Faults, CheckFaultTest,
    ::testing::Values(
        CheckFault{"NoContext", [](auto& request) { request.clear_context(); }, "context.purpose"},
        CheckFault{"Nobody", [](auto& request) { request.clear_traveller(); }, "mrz_lines"},
        CheckFault{"ZoneAndTraveller", [](auto& request) { request.add_mrz_lines(kSpecimen[0]); }, "mrz_lines"},
        CheckFault{"EmptyTraveller", [](auto& request) { request.mutable_traveller()->Clear(); }, "traveller"},
        CheckFault{"LongSurname",
                   [](auto& request) { request.mutable_traveller()->set_surname(std::string(201, 'X')); },
                   "traveller.surname"},
        CheckFault{"ImpossibleBirth", [](auto& request) { request.mutable_traveller()->mutable_born_on()->set_day(5); },
                   "traveller.born_on"},
        CheckFault{"Sex", [](auto& request) { request.mutable_traveller()->set_sex("Y"); }, "traveller.sex"},
        CheckFault{"NoAgency", [](auto& request) { request.set_partners(0, "kgz"); }, "partners[0]"},
        CheckFault{"OwnAgency", [](auto& request) { request.set_partners(0, kOwn); }, "partners[0]"},
        CheckFault{"PartnerTwice", [](auto& request) { request.add_partners(kKgz); }, "partners[1]"},
        CheckFault{"ManyPartners",
                   [](auto& request) {
                     for (int i = 0; i < 16; ++i) request.add_partners("KGZ/agency-" + std::to_string(i));
                   },
                   "partners"}),
    [](const auto& test) { return test.param.name; });

TEST_F(WatchlistTest, PartnersAreAskedOnlyForWhomTheOfficerChecks) {
  door_.scripts[kKgz] = Answers(v1::WatchlistAnswer());
  EXPECT_EQ(Check(TypedCheck({kKgz})).advice(), v1::ADVICE_CLEAR);
  ASSERT_EQ(door_.asked().size(), 1u);
  const exchange::Outgoing asked = door_.asked()[0];
  EXPECT_EQ(asked.to, kKgz);
  EXPECT_EQ(asked.operation, v1::OPERATION_WATCHLIST_CHECK);
  EXPECT_EQ(asked.deadline, clock_.Now() + absl::Seconds(10));
  v1::WatchlistQuery expected;
  *expected.mutable_traveller() = TypedCheck().traveller();
  EXPECT_TRUE(MessageDifferencer::Equals(*asked.body, expected));
}

TEST_F(WatchlistTest, PartnersGetNoMoreTimeThanTheCallerHas) {
  door_.scripts[kKgz] = Answers(v1::WatchlistAnswer());
  call_.deadline = clock_.Now() + absl::Seconds(2);
  Check(TypedCheck({kKgz}));
  EXPECT_LT(door_.asked()[0].deadline, call_.deadline);
}

TEST_F(WatchlistTest, HitOfOnePartnerStopsWhateverTheOthersSay) {
  door_.scripts[kKgz] = Refuses(absl::StatusCode::kUnavailable);
  door_.scripts[kTjk] = Answers(Hit());
  const v1::CheckTravellerResponse response = Check(TypedCheck({kKgz, kTjk}));
  EXPECT_EQ(response.advice(), v1::ADVICE_STOP);
  ASSERT_EQ(response.sources_size(), 3);
  EXPECT_EQ(response.sources(0).source(), kOwn);
  EXPECT_EQ(response.sources(1).source(), kKgz);
  EXPECT_EQ(response.sources(2).source(), kTjk);
  EXPECT_EQ(response.sources(2).candidates(0).alert().alert_id(), "KG-1");
  EXPECT_EQ(response.sources(2).exchange().partner(), kTjk);
}

struct PartnerCase {
  std::string name;
  ScriptedDoor::Script script;
  v1::SourceStatus status;
  v1::Advice advice;
};

class PartnerTest : public WatchlistTest, public ::testing::WithParamInterface<PartnerCase> {};

TEST_P(PartnerTest, AnswerIsToldAsWhatItIs) {
  door_.scripts[kKgz] = GetParam().script;
  const v1::CheckTravellerResponse response = Check(TypedCheck({kKgz}));
  ASSERT_EQ(response.sources_size(), 2);
  EXPECT_EQ(response.sources(1).status(), GetParam().status);
  EXPECT_EQ(response.advice(), GetParam().advice);
  const bool answered = GetParam().status == v1::SOURCE_STATUS_HIT || GetParam().status == v1::SOURCE_STATUS_NO_HIT;
  EXPECT_EQ(response.sources(1).explanation().empty(), answered);
}

exchange::AskResult Queued(const exchange::Outgoing&) {
  exchange::AskResult asked;
  asked.summary.set_delivery_state(v1::DELIVERY_STATE_QUEUED);
  return asked;
}

v1::WatchlistAnswer Contradiction() {
  v1::WatchlistAnswer answer = Hit();
  answer.set_hit(false);
  return answer;
}

v1::WatchlistAnswer TooMany() {
  v1::WatchlistAnswer answer = Hit();
  for (int i = 0; i < 20; ++i) answer.add_candidates();
  return answer;
}

v1::WatchlistAnswer HitWithoutParticulars() {
  v1::WatchlistAnswer answer;
  answer.set_hit(true);
  return answer;
}

INSTANTIATE_TEST_SUITE_P(
    Answers, PartnerTest,
    ::testing::Values(
        PartnerCase{"NoHit", Answers(v1::WatchlistAnswer()), v1::SOURCE_STATUS_NO_HIT, v1::ADVICE_CLEAR},
        PartnerCase{"Hit", Answers(Hit()), v1::SOURCE_STATUS_HIT, v1::ADVICE_STOP},
        PartnerCase{"HitNoHitTreaty", Answers(HitWithoutParticulars()), v1::SOURCE_STATUS_HIT, v1::ADVICE_STOP},
        PartnerCase{"MissUnderHitNoHitTreaty", Answers("", v1::DISCLOSURE_LEVEL_HIT_NO_HIT), v1::SOURCE_STATUS_NO_HIT,
                    v1::ADVICE_CLEAR},
        PartnerCase{"NothingDisclosed", Answers("", v1::DISCLOSURE_LEVEL_NONE), v1::SOURCE_STATUS_NOT_DISCLOSED,
                    v1::ADVICE_REFER},
        PartnerCase{"DisclosureNotSaid", Answers("", v1::DISCLOSURE_LEVEL_UNSPECIFIED), v1::SOURCE_STATUS_NOT_DISCLOSED,
                    v1::ADVICE_REFER},
        PartnerCase{"Denied", Refuses(absl::StatusCode::kPermissionDenied), v1::SOURCE_STATUS_DENIED, v1::ADVICE_REFER},
        PartnerCase{"OwnSealUnavailable", CannotSeal("SIGNER_UNAVAILABLE"), v1::SOURCE_STATUS_SEAL_UNAVAILABLE,
                    v1::ADVICE_REFER},
        PartnerCase{"PartnersSealUnavailable", CannotSeal("PARTNER_SEAL_UNAVAILABLE"),
                    v1::SOURCE_STATUS_PARTNER_UNAVAILABLE, v1::ADVICE_REFER},
        PartnerCase{"Unavailable", Refuses(absl::StatusCode::kUnavailable), v1::SOURCE_STATUS_PARTNER_UNAVAILABLE,
                    v1::ADVICE_REFER},
        PartnerCase{"TooLate", Refuses(absl::StatusCode::kDeadlineExceeded), v1::SOURCE_STATUS_PARTNER_UNAVAILABLE,
                    v1::ADVICE_REFER},
        PartnerCase{"NotDelivered", Queued, v1::SOURCE_STATUS_PARTNER_UNAVAILABLE, v1::ADVICE_REFER},
        PartnerCase{"Broken", Refuses(absl::StatusCode::kInternal), v1::SOURCE_STATUS_FAILED, v1::ADVICE_REFER},
        PartnerCase{"Garbage", Answers("\x0a\xff"), v1::SOURCE_STATUS_FAILED, v1::ADVICE_REFER},
        PartnerCase{"Contradiction", Answers(Contradiction()), v1::SOURCE_STATUS_FAILED, v1::ADVICE_REFER},
        PartnerCase{"TooManyCandidates", Answers(TooMany()), v1::SOURCE_STATUS_FAILED, v1::ADVICE_REFER}),
    [](const auto& test) { return test.param.name; });

v1::ImportAlertsRequest List(const std::vector<v1::Alert>& alerts) {
  v1::ImportAlertsRequest request;
  request.set_source("UN/security-council");
  for (const v1::Alert& alert : alerts) *request.add_alerts() = alert;
  return request;
}

TEST_F(WatchlistTest, SameListAgainChangesNothing) {
  const v1::ImportAlertsRequest list = List({WantedPerson("L-1", "ERIKSSON"), WantedPerson("L-2", "SVENSSON")});
  AlertImport first = watchlist_->StartImport();
  ASSERT_OK(first.Take(list));
  EXPECT_EQ(first.result().created(), 2u);
  EXPECT_EQ(store_.writer().commits(), 1);  // one for the message, not one for each alert
  EXPECT_EQ(Get("L-1")->issuer(), "UN/security-council");
  EXPECT_EQ(Check(TypedCheck()).advice(), v1::ADVICE_STOP);

  AlertImport second = watchlist_->StartImport();
  ASSERT_OK(second.Take(list));
  EXPECT_EQ(second.result().created(), 0u);
  EXPECT_EQ(second.result().unchanged(), 2u);
  EXPECT_EQ(store_.writer().commits(), 1);

  AlertImport third = watchlist_->StartImport();
  ASSERT_OK(third.Take(List({WantedPerson("L-1", "ERIKSSON"), WantedPerson("L-2", "LARSSON")})));
  EXPECT_EQ(third.result().updated(), 1u);
  EXPECT_EQ(third.result().unchanged(), 1u);
}

TEST_F(WatchlistTest, RejectedAlertsAreNamedWithoutPersonalDataAndTheOthersKept) {
  v1::Alert nameless = WantedPerson("L-2", "");
  v1::Alert named_id = WantedPerson("Anna Eriksson", "ERIKSSON");
  AlertImport import = watchlist_->StartImport();
  ASSERT_OK(import.Take(List({WantedPerson("L-1", "ERIKSSON"), nameless, named_id, WantedPerson("L-1", "LARSSON")})));
  EXPECT_EQ(import.result().created(), 1u);
  EXPECT_EQ(import.result().rejected_count(), 3u);
  ASSERT_EQ(import.result().rejected_size(), 3);
  EXPECT_EQ(import.result().rejected(0).alert_id(), "L-2");
  EXPECT_THAT(import.result().rejected(0).reason(), ::testing::HasSubstr("alerts[1].names"));
  EXPECT_EQ(import.result().rejected(1).alert_id(), "");
  EXPECT_THAT(import.result().rejected(1).reason(), ::testing::HasSubstr("alerts[2].alert_id"));
  EXPECT_THAT(import.result().rejected(1).reason(), ::testing::Not(::testing::HasSubstr("Eriksson")));
  EXPECT_EQ(import.result().rejected(2).alert_id(), "L-1");
}

TEST_F(WatchlistTest, AtMostOneHundredRejectedAlertsAreNamed) {
  AlertImport import = watchlist_->StartImport();
  ASSERT_OK(import.Take(List(std::vector<v1::Alert>(150))));
  EXPECT_EQ(import.result().rejected_count(), 150u);
  EXPECT_EQ(import.result().rejected_size(), 100);
}

TEST_F(WatchlistTest, ImportDoesNotTouchAlertsOfOtherIssuers) {
  ASSERT_OK(Publish(WantedPerson("A-1", "ERIKSSON")));
  AlertImport import = watchlist_->StartImport();
  ASSERT_OK(import.Take(List({WantedPerson("A-1", "LARSSON"), WantedPerson("L-1", "LARSSON")})));
  EXPECT_EQ(import.result().rejected_count(), 1u);
  EXPECT_EQ(Get("A-1")->names(0).surname(), "ERIKSSON");
  EXPECT_THAT(Publish(WantedPerson("L-1", "LARSSON")), HasReason("FOREIGN_ALERT"));
}

TEST_F(WatchlistTest, ImportNeedsOneSourceAndBoundedMessages) {
  AlertImport import = watchlist_->StartImport();
  EXPECT_THAT(import.Take(v1::ImportAlertsRequest()), HasReason("INVALID_FIELD"));
  ASSERT_OK(import.Take(List({})));
  EXPECT_OK(import.Take(v1::ImportAlertsRequest()));
  v1::ImportAlertsRequest other = List({});
  other.set_source("KAZ/interior-ministry");
  EXPECT_THAT(import.Take(other), HasReason("INVALID_FIELD"));
  EXPECT_THAT(import.Take(List(std::vector<v1::Alert>(501))), HasReason("INVALID_FIELD"));
}

TEST_F(WatchlistTest, ConsolidatedListOfTheUnitedNationsIsTakenIn) {
  std::ifstream file(TAMGA_SOURCE_DIR "/adapters/partner_state/data/un_sc_consolidated_trimmed.xml");
  v1::ImportAlertsRequest list = List({});
  ASSERT_OK(adapters::ReadUnList(file, {[&list](v1::Alert alert) {
                                          *list.add_alerts() = std::move(alert);
                                          return absl::OkStatus();
                                        },
                                        [](const adapters::RejectedRow&) {}, [](const adapters::UnListCounts&) {}}));
  ASSERT_GT(list.alerts_size(), 20);
  AlertImport import = watchlist_->StartImport();
  ASSERT_OK(import.Take(list));
  EXPECT_EQ(import.result().rejected_count(), 0u) << import.result().DebugString();
  EXPECT_EQ(import.result().created(), static_cast<uint64_t>(list.alerts_size()));
}

absl::StatusOr<exchange::Answer> Ask(Watchlist& watchlist, const v1::WatchlistQuery& query,
                                     v1::Operation operation = v1::OPERATION_WATCHLIST_CHECK) {
  v1::MessageHeader header;
  header.set_operation(operation);
  const policy::Decision decision;
  const std::string body = query.SerializeAsString();
  return watchlist.HandleRequest({header, decision, body, absl::UnixEpoch()});
}

TEST_F(WatchlistTest, PartnerIsAnsweredInFullFromTheOwnList) {
  ASSERT_OK(Publish(WantedPerson("A-1", "ERIKSSON")));
  v1::WatchlistQuery query;
  *query.mutable_traveller() = TypedCheck().traveller();
  const auto answer = Ask(*watchlist_, query);
  ASSERT_OK(answer);
  const auto& result = static_cast<const v1::WatchlistAnswer&>(*answer->result);
  EXPECT_TRUE(result.hit());
  EXPECT_EQ(result.candidates(0).alert().names(0).surname(), "ERIKSSON");
  EXPECT_TRUE(answer->effects.writes.empty());

  query.mutable_traveller()->set_surname("LARSSON");
  const auto other = Ask(*watchlist_, query);
  ASSERT_OK(other);
  EXPECT_FALSE(static_cast<const v1::WatchlistAnswer&>(*other->result).hit());
}

TEST_F(WatchlistTest, PartnerMustAskForSomebody) {
  EXPECT_THAT(Ask(*watchlist_, v1::WatchlistQuery()), HasReason("INVALID_FIELD"));
  EXPECT_THAT(Ask(*watchlist_, v1::WatchlistQuery(), v1::OPERATION_READMISSION_SUBMIT),
              StatusIs(absl::StatusCode::kUnimplemented));
}

}  // namespace
}  // namespace tamga::watchlist
