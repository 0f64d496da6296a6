#include "policy/render_words.h"

#include <array>

namespace tamga::policy {
namespace {

struct Row {
  Word word;
  absl::string_view english;
  absl::string_view russian;
  absl::string_view kazakh;
};

// In the order of Word.
constexpr std::array kRows{
    Row{Word::kVersion, "Version", "Версия", "Нұсқа"},
    Row{Word::kTextOf, "SHA-256 of the document", "SHA-256 документа", "Құжаттың SHA-256 мәні"},
    Row{Word::kModelText, "Model text, to be replaced by the official one",
        "Модельный текст, подлежит замене официальным", "Үлгі мәтін, ресми мәтінмен ауыстырылуы тиіс"},
    Row{Word::kOfficialText, "Official text", "Официальный текст", "Ресми мәтін"},
    Row{Word::kParties, "Parties and competent authorities", "Стороны и компетентные органы",
        "Тараптар және құзыретті органдар"},
    Row{Word::kArticle, "Article", "Статья", "Бап"},
    Row{Word::kLegalText, "Legal text", "Текст нормы", "Норма мәтіні"},
    Row{Word::kNotAtHand, "not at hand", "отсутствует", "қолда жоқ"},
    Row{Word::kRules, "What follows from it here", "Что из неё здесь следует", "Осы жерде одан шығатын ережелер"},
    Row{Word::kGrant, "Allowed", "Разрешается", "Рұқсат етіледі"},
    Row{Word::kProhibition, "Forbidden", "Запрещается", "Тыйым салынады"},
    Row{Word::kCeiling, "Limit on disclosure", "Предел раскрытия", "Ашу шегі"},
    Row{Word::kDuty, "Duty", "Обязанность", "Міндет"},
    Row{Word::kInvariant, "Never permitted", "Никогда не разрешается", "Ешқашан рұқсат етілмейді"},
    Row{Word::kAskers, "Asking side", "Запрашивающая сторона", "Сұратушы тарап"},
    Row{Word::kAnswerers, "Answering side", "Отвечающая сторона", "Жауап беруші тарап"},
    Row{Word::kAny, "any", "любая", "кез келген"},
    Row{Word::kRecords, "Records", "Записи", "Жазбалар"},
    Row{Word::kOperations, "Operations", "Операции", "Операциялар"},
    Row{Word::kPurposes, "Purposes", "Цели", "Мақсаттар"},
    Row{Word::kWhen, "When", "Условия", "Шарттар"},
    Row{Word::kRequestTells, "The request may tell", "Запрос может сообщать", "Сұрау хабарлай алады"},
    Row{Word::kReplyTells, "The reply may tell", "Ответ может сообщать", "Жауап хабарлай алады"},
    Row{Word::kInReturn, "In return", "Взамен", "Оның орнына"},
    Row{Word::kAnswerWithin, "Days within which an answer is due", "Срок ответа в днях", "Жауап беру мерзімі, күн"},
    Row{Word::kBecause, "Because", "Обоснование", "Негіздеме"},
    Row{Word::kNeverPermitted, "Must never become possible", "Никогда не должно стать возможным",
        "Ешқашан мүмкін болмауы тиіс"},
    Row{Word::kTimeLimit, "Limit of time", "Срок", "Мерзім"},
    Row{Word::kClock, "Time for", "На что даётся", "Не үшін беріледі"},
    Row{Word::kProcedure, "Procedure", "Процедура", "Рәсім"},
    Row{Word::kAllProcedures, "each without a limit of its own", "любая, для которой нет своего срока",
        "өз мерзімі жоқ кез келген рәсім"},
    Row{Word::kAmount, "How long", "Продолжительность", "Ұзақтығы"},
    Row{Word::kStart, "Runs from", "Исчисляется от события", "Басталу оқиғасы"},
    Row{Word::kHolidaysOf, "Days off of", "Выходные дни стороны", "Демалыс күндері есептелетін тарап"},
    Row{Word::kTimeZone, "Days end at midnight of", "Дни заканчиваются в полночь пояса",
        "Күндер осы белдеудің түн ортасында аяқталады"},
    Row{Word::kFirstDayCounts, "The day of the event is the first", "День события — первый",
        "Оқиға күні бірінші күн болып есептеледі"},
    Row{Word::kOnExpiry, "When it has passed", "По истечении", "Мерзім өткенде"},
    Row{Word::kSteps, "Steps of a case", "Действия по делу", "Іс бойынша әрекеттер"},
    Row{Word::kCategory, "Persons taken back", "Принимаемые лица", "Қабылданатын адамдар"},
    Row{Word::kEvidence, "Evidence", "Доказательства", "Дәлелдемелер"},
    Row{Word::kAttachment, "Attachment", "Приложение", "Қосымша"},
    Row{Word::kCrossingPoints, "Crossing points", "Пункты пропуска", "Өткізу пункттері"},
    Row{Word::kFormLanguages, "Languages of the forms", "Языки бланков", "Бланкілердің тілдері"},
    Row{Word::kNoticeNeedsWillingness, "A plain notice needs that the person is willing to go",
        "Для уведомления нужно согласие лица на выезд", "Хабарлама үшін адамның кетуге келісімі қажет"},
    Row{Word::kReturnRestartsClock, "The time to answer starts anew when an incomplete application is completed",
        "Срок ответа начинается заново после дополнения ходатайства",
        "Өтінішхат толықтырылғаннан кейін жауап беру мерзімі қайта басталады"},
    Row{Word::kHoldExtendsTransfer, "A hold moves the limit of the transfer by as long as it lasts",
        "Приостановление продлевает срок передачи на своё время", "Тоқтата тұру тапсыру мерзімін өз уақытына ұзартады"},
    Row{Word::kExpiredProofMonths, "Months for which an expired document proves nationality",
        "Месяцев, в течение которых документ с истёкшим сроком доказывает гражданство",
        "Мерзімі өткен құжат азаматтықты дәлелдейтін айлар саны"},
    Row{Word::kCases, "How cases are worked", "Порядок работы по делам", "Істерді жүргізу тәртібі"},
    Row{Word::kNotTranslated, "in English", "на английском", "ағылшын тілінде"},
};

}  // namespace

absl::string_view In(v1::Language language, Word word) {
  const Row& row = kRows[static_cast<size_t>(word)];
  switch (language) {
    case v1::LANGUAGE_RU:
      return row.russian;
    case v1::LANGUAGE_KK:
      return row.kazakh;
    default:
      return row.english;
  }
}

}  // namespace tamga::policy
