#include "node/watchlist/alert_index.h"

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/clock.h"
#include "node/watchlist/birth_date.h"

namespace tamga::watchlist {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);

MATCHER_P2(IsMatch, kind, alert_id, "is a match of that kind with that alert") {
  return arg.kind == kind && arg.alert_id == alert_id;
}

auto ByName(const char* alert_id) { return IsMatch(v1::MATCH_KIND_NAME_AND_BIRTH, alert_id); }
auto ByDocument(const char* alert_id) { return IsMatch(v1::MATCH_KIND_DOCUMENT, alert_id); }

v1::PartialDate Date(uint32_t year, uint32_t month = 0, uint32_t day = 0) {
  v1::PartialDate date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

v1::Alert Named(absl::string_view alert_id, absl::string_view surname, absl::string_view given_names) {
  v1::Alert alert;
  alert.set_alert_id(std::string(alert_id));
  alert.add_names()->set_surname(std::string(surname));
  alert.mutable_names(0)->set_given_names(std::string(given_names));
  return alert;
}

v1::Alert FullyNamed(absl::string_view alert_id, absl::string_view full_name) {
  v1::Alert alert;
  alert.set_alert_id(std::string(alert_id));
  alert.add_names()->set_full_name(std::string(full_name));
  return alert;
}

v1::TravellerQuery Query(absl::string_view surname, absl::string_view given_names,
                         const v1::PartialDate& born_on = {}) {
  v1::TravellerQuery query;
  query.set_surname(std::string(surname));
  query.set_given_names(std::string(given_names));
  *query.mutable_born_on() = born_on;
  return query;
}

TEST(BirthDate, ContradictsOnlyInKnownParts) {
  v1::BirthDate exact;
  *exact.mutable_date() = Date(1985, 3, 17);
  EXPECT_TRUE(MayBeSame(exact, Date(1985, 3, 17)));
  EXPECT_TRUE(MayBeSame(exact, Date(1985)));
  EXPECT_TRUE(MayBeSame(exact, Date(0)));
  EXPECT_TRUE(MayBeSame(exact, Date(0, 3, 17)));
  EXPECT_FALSE(MayBeSame(exact, Date(1985, 3, 18)));
  EXPECT_FALSE(MayBeSame(exact, Date(1985, 4)));
  EXPECT_FALSE(MayBeSame(exact, Date(1986, 3, 17)));
  *exact.mutable_date() = Date(1985);
  EXPECT_TRUE(MayBeSame(exact, Date(1985, 3, 18)));
}

TEST(BirthDate, GivesApproximateDatesAYearAndRangesTheirYears) {
  v1::BirthDate date;
  *date.mutable_date() = Date(1963, 1, 1);
  date.set_approximate(true);
  EXPECT_FALSE(MayBeSame(date, Date(1961)));
  EXPECT_TRUE(MayBeSame(date, Date(1962, 12, 31)));
  EXPECT_TRUE(MayBeSame(date, Date(1964)));
  EXPECT_FALSE(MayBeSame(date, Date(1965)));
  date.set_approximate(false);
  date.set_until_year(1968);
  EXPECT_FALSE(MayBeSame(date, Date(1962)));
  EXPECT_TRUE(MayBeSame(date, Date(1968, 12, 31)));
  EXPECT_FALSE(MayBeSame(date, Date(1969)));
  date.set_approximate(true);
  EXPECT_TRUE(MayBeSame(date, Date(1969)));
}

TEST(AlertIndex, FindsTheVariantSpellingsOfTheSamePerson) {
  AlertIndex index;
  index.Upsert(Named("kaz", "SERIKBAEV", "ERZHAN"));
  index.Upsert(Named("kgz", "ZHUMAGULOV", "KHAMID"));
  index.Upsert(Named("rus", "SHCHEGLOVA", "IULIIA"));
  EXPECT_THAT(index.Find(Query("SERIKBAYEV", "YERZHAN"), kNow), ElementsAre(ByName("kaz")));
  EXPECT_THAT(index.Find(Query("DZHUMAGULOV", "HAMID"), kNow), ElementsAre(ByName("kgz")));
  EXPECT_THAT(index.Find(Query("SHCHEGLOVA", "YULIYA"), kNow), ElementsAre(ByName("rus")));
  EXPECT_THAT(index.Find(Query("SERIKBAYEV", "HAMID"), kNow), IsEmpty());
}

TEST(AlertIndex, FindsOriginalScriptNamesByLatinQueries) {
  AlertIndex index;
  index.Upsert(FullyNamed("QDi.290", "Умаров Доку Хаматович"));
  index.Upsert(FullyNamed("QDi.3", "Ислам Сеит-Умарович Атабиев"));
  index.Upsert(FullyNamed("QDi.4", "Шамиль Магомедович Измайлов"));
  EXPECT_THAT(index.Find(Query("UMAROV", "DOKU"), kNow), ElementsAre(ByName("QDi.290")));
  EXPECT_THAT(index.Find(Query("UMAROV", "DOKU KHAMATOVICH"), kNow), ElementsAre(ByName("QDi.290")));
  EXPECT_THAT(index.Find(Query("ATABIYEV", "ISLAM SEIT-UMAROVICH"), kNow), ElementsAre(ByName("QDi.3")));
  EXPECT_THAT(index.Find(Query("IZMAYLOV", "SHAMIL"), kNow), ElementsAre(ByName("QDi.4")));
  EXPECT_THAT(index.Find(Query("Измайлов", "Шамиль"), kNow), ElementsAre(ByName("QDi.4")));
  EXPECT_THAT(index.Find(Query("UMAROV", "ISLAM"), kNow), IsEmpty());
}

TEST(AlertIndex, NeedsSurnameAndFirstGivenNameInAnyOrder) {
  AlertIndex index;
  index.Upsert(Named("a", "ERIKSSON", "ANNA MARIA"));
  EXPECT_THAT(index.Find(Query("ERIKSSON", "ANNA"), kNow), SizeIs(1));
  EXPECT_THAT(index.Find(Query("ANNA", "ERIKSSON BERTA"), kNow), SizeIs(1));
  EXPECT_THAT(index.Find(Query("ERIKSSON", "MARIA"), kNow), IsEmpty());
  EXPECT_THAT(index.Find(Query("ERIKSSON", ""), kNow), IsEmpty());
  EXPECT_THAT(index.Find(Query("", ""), kNow), IsEmpty());
}

TEST(AlertIndex, LooksPastASurnameRepeatedAmongTheGivenNames) {
  AlertIndex index;
  index.Upsert(Named("a", "BAHMANYAR", "BAHMANYAR MORTEZA"));
  EXPECT_THAT(index.Find(Query("BAHMANYAR", "MORTEZA HASSAN"), kNow), SizeIs(1));
  EXPECT_THAT(index.Find(Query("BAHMANYAR", ""), kNow), IsEmpty());
}

TEST(AlertIndex, NeedsTheWholeQueryForANameOfOneWord) {
  AlertIndex index;
  index.Upsert(FullyNamed("faiz", "FAIZ"));
  EXPECT_THAT(index.Find(Query("FAIZ", ""), kNow), SizeIs(1));
  EXPECT_THAT(index.Find(Query("FAIZ", "AHMAD"), kNow), IsEmpty());
}

TEST(AlertIndex, RefusesContradictingBirthDates) {
  AlertIndex index;
  v1::Alert alert = Named("a", "UMAROV", "DOKU");
  *alert.add_born_on()->mutable_date() = Date(1964, 4, 13);
  *alert.add_born_on()->mutable_date() = Date(1955);
  index.Upsert(alert);
  EXPECT_THAT(index.Find(Query("UMAROV", "DOKU", Date(1964, 4, 13)), kNow), SizeIs(1));
  EXPECT_THAT(index.Find(Query("UMAROV", "DOKU", Date(1955, 7, 1)), kNow), SizeIs(1));
  EXPECT_THAT(index.Find(Query("UMAROV", "DOKU"), kNow), SizeIs(1));
  EXPECT_THAT(index.Find(Query("UMAROV", "DOKU", Date(1964, 4, 14)), kNow), IsEmpty());
}

TEST(AlertIndex, FindsDocumentsByNumberAndKnownIssuer) {
  AlertIndex index;
  v1::Alert stolen;
  stolen.set_alert_id("stolen");
  stolen.add_documents()->set_number("PE-123 4567");
  stolen.mutable_documents(0)->set_issuing_state("KGZ");
  index.Upsert(stolen);
  v1::Alert listed = Named("listed", "A", "B");
  listed.add_documents()->set_number("514448632");
  listed.mutable_documents(0)->set_issuing_state("Russian Federation");
  index.Upsert(listed);

  const auto find = [&](const char* number, const char* issuer) {
    v1::TravellerQuery query;
    query.set_document_number(number);
    query.set_document_issuer(issuer);
    return index.Find(query, kNow);
  };
  EXPECT_THAT(find("pe1234567", "KGZ"), ElementsAre(ByDocument("stolen")));
  EXPECT_THAT(find("PE1234567", ""), ElementsAre(ByDocument("stolen")));
  EXPECT_THAT(find("PE1234567", "KAZ"), IsEmpty());
  EXPECT_THAT(find("PE123456", "KGZ"), IsEmpty());
  EXPECT_THAT(find("<<<", ""), IsEmpty());
  EXPECT_THAT(find("514448632", "RUS"), ElementsAre(ByDocument("listed"))) << "an issuer in words is no known code";
}

TEST(AlertIndex, NamesAnAlertOnceAndDocumentsFirst) {
  AlertIndex index;
  v1::Alert both = Named("z", "UMAROV", "DOKU");
  both.add_names()->set_full_name("Доку Умаров");
  both.add_documents()->set_number("N1");
  both.add_documents()->set_number("N-1");
  index.Upsert(both);
  index.Upsert(Named("a", "UMAROV", "DOKU"));
  v1::TravellerQuery query = Query("UMAROV", "DOKU");
  query.set_document_number("N1");
  EXPECT_THAT(index.Find(query, kNow), ElementsAre(ByDocument("z"), ByName("a")));
}

TEST(AlertIndex, ForgetsExpiredReplacedAndRemovedAlerts) {
  AlertIndex index;
  v1::Alert alert = Named("a", "UMAROV", "DOKU");
  alert.add_documents()->set_number("N1");
  *alert.mutable_valid_until() = ToProto(kNow);
  index.Upsert(alert);
  v1::TravellerQuery by_document;
  by_document.set_document_number("N1");
  EXPECT_THAT(index.Find(Query("UMAROV", "DOKU"), kNow - absl::Seconds(1)), SizeIs(1));
  EXPECT_THAT(index.Find(by_document, kNow - absl::Seconds(1)), SizeIs(1));
  EXPECT_THAT(index.Find(Query("UMAROV", "DOKU"), kNow), IsEmpty());
  EXPECT_THAT(index.Find(by_document, kNow), IsEmpty());

  index.Upsert(Named("a", "IVANOV", "PETR"));
  EXPECT_EQ(index.size(), 1u);
  EXPECT_THAT(index.Find(Query("UMAROV", "DOKU"), kNow - absl::Seconds(1)), IsEmpty());
  EXPECT_THAT(index.Find(Query("IVANOV", "PETR"), kNow), SizeIs(1));

  index.Remove("b");
  EXPECT_EQ(index.size(), 1u);
  index.Remove("a");
  EXPECT_EQ(index.size(), 0u);
  EXPECT_THAT(index.Find(Query("IVANOV", "PETR"), kNow), IsEmpty());
}

TEST(AlertIndex, GivesAtMostTwentyInAFixedOrder) {
  AlertIndex index;
  for (int i = 99; i >= 10; --i) index.Upsert(Named(absl::StrCat("alert-", i), "KIM", "CHOL"));
  const std::vector<Match> matches = index.Find(Query("KIM", "CHOL"), kNow);
  ASSERT_THAT(matches, SizeIs(kMaxMatches));
  EXPECT_EQ(matches.front().alert_id, "alert-10");
  EXPECT_EQ(matches.back().alert_id, "alert-29");
}

TEST(AlertIndex, TakesNamesOfAnySizeAndBytes) {
  AlertIndex index;
  const std::string huge(1 << 20, 'A'), broken = "\xff\xfe\xed\xa0\x80\xc0";
  index.Upsert(Named("huge", huge, huge));
  index.Upsert(Named("broken", broken, broken));
  index.Upsert(Named("empty", "", ""));
  std::string repeated;
  for (int i = 0; i < (1 << 19); ++i) repeated += "B ";
  index.Upsert(Named("repeated", repeated, repeated));
  EXPECT_THAT(index.Find(Query(broken, broken), kNow), IsEmpty());
  EXPECT_THAT(index.Find(Query("", ""), kNow), IsEmpty());
  EXPECT_THAT(index.Find(Query(huge, huge), kNow), SizeIs(1));
  for (const char* alert_id : {"huge", "broken", "empty", "repeated"}) index.Remove(alert_id);
  EXPECT_EQ(index.size(), 0u);
}

TEST(AlertIndex, ServesManyThreadsAtOnce) {
  AlertIndex index;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&index, t] {
      for (int i = 0; i < 200; ++i) {
        const std::string alert_id = absl::StrCat(t, "-", i);
        index.Upsert(FullyNamed(alert_id, "Доку Умаров"));
        EXPECT_LE(index.Find(Query("UMAROV", "DOKU"), kNow).size(), kMaxMatches);
        if (i % 2 == 0) index.Remove(alert_id);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(index.size(), 400u);
}

}  // namespace
}  // namespace tamga::watchlist
