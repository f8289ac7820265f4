// Charts from a JSON block of the page: SVG, colours from the tokens, the axis from zero, labels at the lines themselves.
const places = [...document.querySelectorAll("[data-chart]")];
if (places.length) {
  const engine = await import(places[0].dataset.engine);
  const drawn = new Map();
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  const draw = (place) => {
    const figure = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    place.hidden = false;
    drawn.get(place)?.dispose();
    const chart = engine.init(place, null, { renderer: "svg" });
    chart.setOption(option(figure));
    drawn.set(place, chart);
  };

  const option = (figure) => {
    const lying = figure.kind === "hbar";
    const text = { color: token("ink2"), fontFamily: token("sans"), fontSize: 12.5 };
    const names = { type: "category", data: figure.categories, axisTick: { show: false }, axisLabel: text,
      axisLine: { lineStyle: { color: token("line") } }, inverse: lying };
    const values = { type: "value", min: 0, max: figure.unit === "%" ? 100 : undefined, show: !lying,
      axisLabel: { ...text, formatter: figure.unit === "%" ? "{value} %" : "{value}" },
      splitLine: { lineStyle: { color: token("line") } }, ...(figure.unit === "%" ? { interval: 25 } : { splitNumber: 4 }) };
    return {
      animation: false,
      textStyle: text,
      grid: { left: 4, right: figure.kind === "line" ? 104 : 36, top: 12, bottom: 4, containLabel: true },
      xAxis: lying ? values : names,
      yAxis: lying ? names : values,
      series: figure.series.slice(0, 2).map((series, n) => ({
        type: figure.kind === "line" ? "line" : "bar",
        name: series.name,
        data: series.values,
        barMaxWidth: 16,
        symbol: n ? "rect" : "circle",
        symbolSize: 6,
        color: token(`series${n + 1}`),
        lineStyle: { width: 2, type: n ? "dashed" : "solid" },
        label: figure.kind === "line" ? { show: false } : { show: true, position: lying ? "right" : "top", ...text, color: token("ink") },
        endLabel: { show: figure.kind === "line", formatter: `{a}\n{c}${figure.unit ? ` ${figure.unit}` : ""}`, ...text,
          fontWeight: 600, lineHeight: 15, color: n ? token("warn") : token("brand-ink") },
      })),
    };
  };

  places.forEach(draw);
  document.addEventListener("theme:changed", () => places.forEach(draw));
  new ResizeObserver(() => drawn.forEach((chart) => chart.resize())).observe(document.body);
}
