// What a reservation may do to a treaty.
#include "google/protobuf/text_format.h"
#include "node/base/matchers.h"
#include "policy/document_fixture.h"
#include "policy/treaty_document.h"
#include "policy/validate.h"

namespace tamga::policy {
namespace {

using ::testing::HasSubstr;

// Of the reservation, whose text has `from` replaced, to SMALL.
absl::Status Check(absl::string_view from = "", absl::string_view to = "") {
  const std::string text = from.empty() ? ReservationText() : Changed(ReservationText(), from, to);
  const v1::Instrument instrument = ReadInstrument(text, "r").value();
  Findings findings("r", "INSTRUMENT_INVALID");
  ValidateReservation(instrument.reserve(), ReadTreaty(TreatyText(), "t").value().treaty,
                      Place(v1::Instrument::descriptor(), nullptr).Field("reserve"), &findings);
  return findings.ToStatus();
}

constexpr char kExcluded[] = "excluded_articles: \"1\"";
constexpr char kCited[] = "      cites: \"1\"";

TEST(ReservationTest, MayExcludeWhatOnlyAllows) { EXPECT_OK(Check()); }

TEST(ReservationTest, MayNotExcludeWhatForbids) {
  EXPECT_THAT(
      Check(kExcluded, "excluded_articles: \"2(b)\""),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("r: reserve.excluded_articles[0]: would take away what protects: prohibition asylum")));
}

TEST(ReservationTest, MayNotExcludeWhatLimitsOrDemands) {
  EXPECT_THAT(Check(kExcluded, "excluded_articles: \"3\""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("what protects: ceiling minors")));
}

TEST(ReservationTest, MayNotExcludeWhatAnInvariantOrADutyRestsOn) {
  const v1::Instrument instrument = ReadInstrument(ReservationText(), "r").value();
  for (const auto& [from, to] :
       {std::pair("cites: \"2(b)\"\n  scope { record_kinds", "cites: \"1\" scope { record_kinds"),
        std::pair("cites: \"3\"\n  obligation", "cites: \"1\" obligation")}) {
    Findings findings("r", "INSTRUMENT_INVALID");
    ValidateReservation(instrument.reserve(), ReadTreaty(Changed(TreatyText(), from, to), "t").value().treaty,
                        Place(v1::Reserve::descriptor(), nullptr), &findings);
    EXPECT_THAT(findings.ToStatus(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("would take away")));
  }
}

TEST(ReservationTest, MustNameArticlesOfTheTreaty) {
  EXPECT_THAT(Check(kExcluded, "excluded_articles: \"2b\""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is not an article of the treaty: 2b")));
  EXPECT_THAT(Check(kCited, "      cites: \"44\""),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("narrowing.prohibitions[0].cites[0]: is not an article of the treaty: 44")));
}

TEST(ReservationTest, MustBeToTheTreatyAtHand) {
  EXPECT_THAT(Check("treaty_id: \"SMALL\"", "treaty_id: \"LARGE\""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is about another treaty than SMALL")));
}

}  // namespace
}  // namespace tamga::policy
